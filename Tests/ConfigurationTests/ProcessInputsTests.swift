import Foundation
import Testing

@testable import Configuration

@Suite struct ProcessInputsTests {
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "qareeb-configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    try body(folder)
  }

  @Test func readsAFile() throws {
    try inFolder { folder in
      let file = folder.appending(path: "q.conf")
      try Data("http.port = 5".utf8).write(to: file)
      #expect(SettingInputs.contentOfFile(file.path) == .bytes(Array("http.port = 5".utf8)))
    }
  }

  @Test func tellsAMissingFileFromAnUnreadableOne() throws {
    try inFolder { folder in
      #expect(SettingInputs.contentOfFile(folder.appending(path: "none").path) == .missing)
      guard case .unreadable = SettingInputs.contentOfFile(folder.path) else {
        Issue.record("a folder was read as a file")
        return
      }
    }
  }

  @Test func refusesAHugeFile() throws {
    try inFolder { folder in
      let file = folder.appending(path: "huge.conf")
      try Data(repeating: 0x23, count: (1 << 20) + 1).write(to: file)
      #expect(SettingInputs.contentOfFile(file.path) == .unreadable(reason: "is larger than 1MiB"))
    }
  }
}
