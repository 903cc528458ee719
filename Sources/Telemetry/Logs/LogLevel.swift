/// How much a log line matters.
public enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

  public var name: StaticString {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .notice: "notice"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }

  init?(named name: some StringProtocol) {
    let lowered = name.lowercased()
    guard let level = LogLevel.allCases.first(where: { "\($0.name)" == lowered }) else { return nil }
    self = level
  }
}

/// The least level that is written, for every module and for each that differs: `info,HTTPServer=debug,PostgresClient=off`.
public struct LogLevels: Sendable, Equatable {
  /// `nil` means off.
  public let standard: LogLevel?
  public let modules: [String: LogLevel?]

  public init(standard: LogLevel? = .info, modules: [String: LogLevel?] = [:]) {
    self.standard = standard
    self.modules = modules
  }

  /// Reads the setting; with `knownModules`, a misspelt module is refused too.
  public init(parsing text: String, knownModules: Set<String>? = nil) throws(LogLevelsError) {
    var standard: LogLevel??
    var modules: [String: LogLevel?] = [:]
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = LogLevels.trimmed(piece)
      guard !part.isEmpty else { throw LogLevelsError(part: String(part), reason: .empty) }
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(LogLevels.trimmed)
      let level = try LogLevels.level(sides[sides.count - 1], in: part)
      if sides.count == 1 {
        guard standard == nil else { throw LogLevelsError(part: String(part), reason: .repeated) }
        standard = .some(level)
      } else {
        let module = String(sides[0])
        guard !module.isEmpty else { throw LogLevelsError(part: String(part), reason: .noModule) }
        if let knownModules, !knownModules.contains(module) {
          throw LogLevelsError(part: String(part), reason: .unknownModule(known: knownModules.sorted()))
        }
        guard modules.updateValue(level, forKey: module) == nil else {
          throw LogLevelsError(part: String(part), reason: .repeated)
        }
      }
    }
    self.init(standard: standard ?? .info, modules: modules)
  }

  public func level(for module: String) -> LogLevel? {
    if let level = modules[module] { return level }
    return standard
  }

  private static func level(_ name: Substring, in part: Substring) throws(LogLevelsError) -> LogLevel? {
    if name.lowercased() == "off" { return nil }
    guard let level = LogLevel(named: name) else { throw LogLevelsError(part: String(part), reason: .unknownLevel(String(name))) }
    return level
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// A log level setting that cannot be understood; says which part and what would be right.
public struct LogLevelsError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case empty
    case noModule
    case repeated
    case unknownLevel(String)
    case unknownModule(known: [String])
  }

  public let part: String
  public let reason: Reason

  public init(part: String, reason: Reason) {
    self.part = part
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .empty: "an empty part between commas; write for example info,HTTPServer=debug"
    case .noModule: "“\(part)” names no module before the equals sign"
    case .repeated: "“\(part)” sets a level that was already set"
    case .unknownLevel(let name):
      "“\(name)” in “\(part)” is not a level; levels are trace, debug, info, notice, warning, error, critical and off"
    case .unknownModule(let known): "“\(part)” names an unknown module; modules are \(known.joined(separator: ", "))"
    }
  }
}
