import Foundation
import PackagePlugin

/// Writes `Version.commit`. Rules: runs again only when HEAD has moved, so that nothing is rebuilt without need; a tree without
/// git builds all the same and says "unknown".
@main struct BuildCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let script = context.package.directoryURL.appending(path: "tools/commit-source")
    let source = context.pluginWorkDirectoryURL.appending(path: "Version+Commit.swift")
    let git = gitDirectory(of: context.package.directoryURL)
    // HEAD changes when another branch is taken, its log with every commit.
    let moved = git.map { git in ["HEAD", "logs/HEAD"].map { git.appending(path: $0) }.filter(exists) } ?? []
    return [
      .buildCommand(
        displayName: "Asking git for the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [script.path, source.path] + (git.map { [$0.path] } ?? []), inputFiles: [script] + moved,
        outputFiles: [source])
    ]
  }

  /// The package's own, not one of a folder around it; in a worktree `.git` is a file that names it.
  private func gitDirectory(of package: URL) -> URL? {
    let git = package.appending(path: ".git")
    if exists(git.appending(path: "HEAD")) { return git }
    guard let text = try? String(contentsOf: git, encoding: .utf8), text.hasPrefix("gitdir: ") else { return nil }
    let path = text.dropFirst("gitdir: ".count).trimmingCharacters(in: .whitespacesAndNewlines)
    return URL(filePath: path, relativeTo: package).absoluteURL
  }

  private func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
