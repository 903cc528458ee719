// Configuration: every setting declared once (name, variable, type, default, meaning), read from flags, the environment,
// secret files and one configuration file, checked as a whole before anything starts, and explained on demand.
// Pure but for `SettingInputs+Process.swift`, which looks at the real environment and the real files.

/// One setting of `Root`. The default is what `Root()` holds at the key path, so it is stated exactly once.
public struct Setting<Root: Sendable>: Sendable {
  /// How the value may be shown.
  public enum Secrecy: Sendable {
    case open
    /// Never shown in any part.
    case secret
    /// A connection string: shown without its password.
    case connectionString
  }

  /// The key in the file, dotted: `http.port`.
  public let name: String
  /// The environment variable. For a secret, `<variable>_FILE` may name a file that holds the value instead.
  public let variable: String
  public let meaning: String
  public let allowed: String
  public let unit: String?
  public let secrecy: Secrecy
  /// Reads the text into the setting's place, or says why not.
  let apply: @Sendable (String, inout Root) throws(InvalidValue) -> Void
  let print: @Sendable (Root) -> String

  public init<Value>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ format: ValueFormat<Value>, variable: String? = nil,
    secrecy: Secrecy = .open, _ meaning: String
  ) {
    self.name = name
    self.variable = variable ?? Self.conventionalVariable(for: name)
    self.meaning = meaning
    self.allowed = format.allowed
    self.unit = format.unit
    self.secrecy = secrecy
    self.apply = { (text: String, root: inout Root) throws(InvalidValue) in root[keyPath: path] = try format.parse(text) }
    self.print = { format.print($0[keyPath: path]) }
  }

  /// `http.unix_socket` → `QAREEB_HTTP_UNIX_SOCKET`.
  static func conventionalVariable(for name: String) -> String {
    "QAREEB_" + String(name.uppercased().map { $0 == "." ? "_" : $0 })
  }

  /// The variable that names a file to read the value from; only what must be hidden has one.
  public var fileVariable: String? {
    secrecy == .open ? nil : "\(variable)_FILE"
  }
}

/// Everything that can be set, and what must hold between settings.
public struct SettingList<Root: Sendable>: Sendable {
  public let settings: [Setting<Root>]
  public let rules: [SettingRule<Root>]
  public let defaults: Root

  /// Names and variables must be unique; that is checked here because a duplicate is a programming error.
  public init(defaults: Root, _ settings: [Setting<Root>], rules: [SettingRule<Root>] = []) {
    precondition(Set(settings.map(\.name)).count == settings.count, "two settings share a name")
    precondition(Set(settings.map(\.variable)).count == settings.count, "two settings share a variable")
    self.defaults = defaults
    self.settings = settings
    self.rules = rules
  }
}

/// What must hold between settings that are each right alone.
public struct SettingRule<Root: Sendable>: Sendable {
  /// The setting to name in the message, and where its value came from.
  let name: String
  let problem: @Sendable (Root) -> String?

  /// `problem` says what is wrong, or nil.
  public init(_ name: String, problem: @escaping @Sendable (Root) -> String?) {
    self.name = name
    self.problem = problem
  }
}
