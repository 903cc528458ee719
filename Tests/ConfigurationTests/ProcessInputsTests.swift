import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite struct ProcessInputsTests {
  @Test func readsAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("http.port = 5", to: "q.conf")
    #expect(SettingInputs.contentOfFile(path) == .bytes(Array("http.port = 5".utf8)))
  }

  @Test func tellsAMissingFileFromAnUnreadableOne() throws {
    let folder = try TemporaryFolder()
    #expect(SettingInputs.contentOfFile(folder.url.appending(path: "none").path) == .missing)
    guard case .unreadable = SettingInputs.contentOfFile(folder.url.path) else {
      Issue.record("a folder was read as a file")
      return
    }
  }

  @Test func refusesAHugeFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "huge.conf")
    #expect(SettingInputs.contentOfFile(path) == .unreadable(reason: "is larger than 1MiB"))
  }
}
