import FoundationEssentials

/// The source tree that the tests were built from.
public enum ProjectFolder {
  public static let path: String = {
    // …/Tests/TestSupport/ProjectFolder.swift
    var url = URL(filePath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    let path = url.path
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }()

  public static func file(_ relative: String) -> String { "\(path)/\(relative)" }

  public static func text(_ relative: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: file(relative))), as: UTF8.self)
  }
}
