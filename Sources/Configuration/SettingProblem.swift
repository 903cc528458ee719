/// Where a value came from, in rising precedence.
public enum SettingSource: Sendable, Equatable {
  case defaultValue
  case file(path: String, line: Int?)
  case secretFile(variable: String, path: String)
  case environment(variable: String)
  case flag(String)

  public var description: String {
    switch self {
    case .defaultValue: "default"
    case .file(let path, let line?): "\(path):\(line)"
    case .file(let path, nil): path
    case .secretFile(let variable, let path): "\(variable) (\(path))"
    case .environment(let variable): variable
    case .flag(let flag): flag
    }
  }
}

/// One thing that is wrong with the configuration. Never holds a secret.
public struct SettingProblem: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case invalidValue = "invalid_value"
    case unknownSetting = "unknown_setting"
    case unknownVariable = "unknown_variable"
    case malformedLine = "malformed_line"
    case unreadableFile = "unreadable_file"
    case secretOnCommandLine = "secret_on_command_line"
    case conflict
  }

  public let code: Code
  public let source: SettingSource
  /// The setting concerned; nil where none is known.
  public var setting: String?
  /// What was given, as far as it may be shown.
  public var given: String?
  /// A clause about what was given: "is above 65535".
  public let reason: String
  /// Completes "must be …".
  public var allowed: String?
  public var suggestion: String?

  /// One line for people: where, what, what is allowed, what was probably meant.
  public var description: String {
    var line = "\(source.description): "
    if let given { line += "\(given) " }
    line += reason
    if let setting, let allowed { line += "; \(setting) must be \(allowed)" }
    if let suggestion { line += "; did you mean \(suggestion)?" }
    return line
  }
}

/// Everything that is wrong, so that it can be put right in one go.
public struct SettingsError: Error, Sendable, Equatable {
  public let problems: [SettingProblem]
}
