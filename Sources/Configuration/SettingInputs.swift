/// Everything settings are read from, as values: the reading itself happens in the closure, which tests replace.
public struct SettingInputs: Sendable {
  /// A value given on the command line.
  public struct Flag: Sendable, Equatable {
    /// As typed, for messages: `--port`, `--set http.port`.
    public let flag: String
    public let name: String
    public let value: String

    public init(flag: String, name: String, value: String) {
      self.flag = flag
      self.name = name
      self.value = value
    }
  }

  public enum FileContent: Sendable, Equatable {
    case bytes([UInt8])
    case missing
    case unreadable(reason: String)
  }

  /// Looked for where no file is named; its absence is no problem.
  public static let conventionalFile = "qareeb.conf"
  public static let fileVariable = "QAREEB_CONFIG"

  public var flags: [Flag]
  public var environment: [String: String]
  /// From `--config`.
  public var filePath: String?
  public var readFile: @Sendable (_ path: String) -> FileContent

  public init(
    flags: [Flag] = [], environment: [String: String] = [:], filePath: String? = nil,
    readFile: @escaping @Sendable (_ path: String) -> FileContent
  ) {
    self.flags = flags
    // `PORT=` in a compose file means "not set" to everyone who writes it.
    self.environment = environment.filter { !$0.value.isEmpty }
    self.filePath = filePath
    self.readFile = readFile
  }
}
