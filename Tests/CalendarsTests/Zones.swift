import Calendars
import Foundation

/// Zones of the system's tz database, as the tests read them.
enum Zones {
  static let folder = "/usr/share/zoneinfo/"

  /// Half hours and quarters, summer time of half an hour and of two, southern summers, a skipped day, rules of religious calendars,
  /// winter time that counts as the exception, and plain ones.
  static let awkward = [
    "Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca", "Asia/Riyadh", "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London", "America/New_York", "America/St_Johns", "America/Santiago", "America/Asuncion", "America/Havana",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe", "Australia/Adelaide", "Australia/Eucla",
    "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Marquesas", "Antarctica/Troll", "Africa/Monrovia", "UTC",
    "Etc/GMT+12", "America/Nuuk",
  ]

  static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: folder + name))) }

  static func zone(_ name: String) throws -> Zone { try Zone(name: name, tzif: bytes(name)) }
}
