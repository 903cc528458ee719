import Calendars
import Columns
import Telemetry

/// The time zones of markets, from the system's tz database: the same files that PostgreSQL reads. Each is read once.
struct ZoneFiles {
  private let folder: String
  private let logger: Logger
  private var zones: [String: Zone?] = [:]

  init(folder: String, logger: Logger) {
    self.folder = folder
    self.logger = logger
  }

  /// Nil where there is no such zone: then nobody's hours are known there, and nobody is free; which the log says once.
  mutating func zone(_ name: String) -> Zone? {
    if let known = zones[name] { return known }
    let zone: Zone?
    do {
      zone = try read(name)
    } catch {
      logger.error(
        "a market's time zone is not known: its calendars stay empty", ["zone": .public(name), "reason": .public("\(error)")])
      zone = nil
    }
    zones[name] = .some(zone)
    return zone
  }

  private func read(_ name: String) throws -> Zone {
    // A name is a path; none leads out of the folder.
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0.first != "." }) else {
      throw ZoneError(zone: name, reason: "has a name that none has")
    }
    guard let memory = try MappedState.memory(path: folder + "/" + name) else {
      throw ZoneError(zone: name, reason: "is not in \(folder)")
    }
    guard memory.bytes.count <= CalendarsLimits.zoneFileBytes else {
      throw ZoneError(zone: name, reason: "has \(memory.bytes.count) bytes, which are too many")
    }
    return try Zone(name: name, tzif: [UInt8](memory.bytes))
  }
}
