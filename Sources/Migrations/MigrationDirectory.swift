import FoundationEssentials

/// The folder with the numbered files.
public struct MigrationDirectory: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Every `.sql` file, by number, checked as far as files can be.
  public func files() throws(MigrationError) -> [MigrationFile] {
    var files: [MigrationFile] = []
    for name in try names() {
      files.append(try MigrationFile(fileName: name, sql: try text(of: name)))
    }
    guard !files.isEmpty else {
      throw MigrationError(.unreadable, "there are no migrations in \(path)", advice: "Is it the right folder?")
    }
    return files.sorted { $0.version < $1.version }
  }

  private func names() throws(MigrationError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }
        .sorted()
    } catch {
      throw MigrationError(.unreadable, "the folder \(path) cannot be read", advice: "Does it exist, and may this user read it?")
    }
  }

  private func text(of name: String) throws(MigrationError) -> String {
    guard let data = FileManager.default.contents(atPath: path + "/" + name) else {
      throw MigrationError(.unreadable, "the file cannot be read", advice: "May this user read it?", file: name)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw MigrationError(.unreadable, "the file is not UTF-8", advice: "Save it as UTF-8.", file: name)
    }
    return text
  }
}
