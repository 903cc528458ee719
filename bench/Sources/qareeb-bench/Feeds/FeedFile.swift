import BenchKit
import Foundation
import PostgresClient

/// A feed as a partner's program writes it: busy times of staff in the coming weeks, some of them taken back.
struct FeedFile {
  let path: String
  let byteCount: Int

  private static let days = 28
  private static let quarterSeconds = 900
  /// Of a hundred lines.
  private static let freed = 10

  /// - Parameters:
  ///   - source: whose lines they are; it also decides about whom and when.
  ///   - today: a day's beginning, in seconds since 1970.
  init(_ source: String, lines: Int, staff: [String], today: Int, folder: String) throws {
    path = "\(folder)/\(source).ndjson"
    var bytes: [UInt8] = []
    // SplitMix64 from a seed that the name gives.
    var state = source.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)).multipliedFullWidth(by: UInt64(bound)).high)
    }
    for number in 1...lines {
      let from = today + (1 + below(FeedFile.days)) * 86_400 + (32 + below(40)) * FeedFile.quarterSeconds
      let to = from + (1 + below(6)) * FeedFile.quarterSeconds
      let status = below(100) < FeedFile.freed ? "free" : "busy"
      let line = """
        {"source":"\(source)","sequence":\(number),"staff_id":"\(staff[below(staff.count)])","from":"\(FeedFile.time(from))",\
        "to":"\(FeedFile.time(to))","status":"\(status)"}\n
        """
      bytes.append(contentsOf: line.utf8)
    }
    byteCount = bytes.count
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private static func time(_ seconds: Int) -> String {
    PostgresTimestamp(microsecondsSince1970: Int64(seconds) * 1_000_000).description
  }
}
