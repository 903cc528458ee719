/// One line of the explanation of all settings.
public struct SettingRow: Sendable, Equatable {
  public let name: String
  public let variable: String
  public let meaning: String
  public let allowed: String
  public let unit: String?
  public let defaultValue: String
  /// The value in force, as far as it may be shown.
  public let value: String
  public let source: SettingSource
  public let isSecret: Bool
}

extension SettingsResolution {
  /// Every setting in the order of its declaration; secrets masked.
  public var rows: [SettingRow] {
    list.settings.map { setting in
      let source = source(of: setting.name)
      let shown = setting.print(values)
      return SettingRow(
        name: setting.name, variable: setting.variable, meaning: setting.meaning, allowed: setting.allowed, unit: setting.unit,
        defaultValue: setting.print(list.defaults), value: source == .defaultValue ? shown : masked(shown, setting.secrecy),
        source: source, isSecret: setting.secrecy != .open)
    }
  }
}

private let hidden = "(hidden)"

private func masked(_ value: String, _ secrecy: Setting<some Sendable>.Secrecy) -> String {
  switch secrecy {
  case .open: value
  case .secret: hidden
  case .connectionString: withoutPassword(value)
  }
}

/// `postgresql://user:(hidden)@host/name`. Whatever could hold a password somewhere else is hidden as a whole: libpq also
/// takes it as a parameter of the URL, and keywords may be quoted in ways that are not worth understanding here.
func withoutPassword(_ connection: String) -> String {
  guard let scheme = connection.firstRange(of: "://"), !connection.lowercased().contains("password") else { return hidden }
  let rest = connection[scheme.upperBound...]
  // The last @: a password may contain one that was not encoded. A slash before it means the same carelessness.
  guard let at = rest.lastIndex(of: "@") else { return connection }
  let user = rest[..<at].prefix { $0 != ":" }
  let colon = user.endIndex == at ? "" : ":\(hidden)"
  return "\(connection[..<scheme.upperBound])\(user)\(colon)\(rest[at...])"
}
