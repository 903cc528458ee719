import Spelling

/// What the sources add up to: the values, where each came from, and everything that is wrong.
/// Every source is checked, also one that a stronger source overrides: a wrong value that waits for its day is a trap.
public struct SettingsResolution<Root: Sendable>: Sendable {
  public let list: SettingList<Root>
  public private(set) var values: Root
  public private(set) var problems: [SettingProblem] = []
  /// The configuration file that was read.
  public private(set) var filePath: String?
  private var sources: [String: SettingSource] = [:]

  public init(_ list: SettingList<Root>, from inputs: SettingInputs) {
    self.list = list
    values = list.defaults
    // From weak to strong: a later source replaces what an earlier one set.
    readConfigurationFile(inputs)
    readSecretFiles(inputs)
    readEnvironment(inputs)
    readFlags(inputs)
    for rule in list.rules {
      guard let reason = rule.problem(values) else { continue }
      problems.append(SettingProblem(code: .conflict, source: source(of: rule.name), setting: rule.name, reason: reason))
    }
  }

  public func source(of name: String) -> SettingSource { sources[name] ?? .defaultValue }

  /// The values, if nothing at all is wrong.
  public func checked() throws(SettingsError) -> Root {
    guard problems.isEmpty else { throw SettingsError(problems: problems) }
    return values
  }

  private mutating func apply(_ text: String, to setting: Setting<Root>, from source: SettingSource) {
    do throws(InvalidValue) {
      try setting.apply(text, &values)
      sources[setting.name] = source
    } catch {
      problems.append(
        SettingProblem(
          code: .invalidValue, source: source, setting: setting.name,
          given: setting.secrecy == .open ? quoted(text) : "the value given (hidden)", reason: error.reason,
          allowed: setting.allowed))
    }
  }
}

extension SettingsResolution {
  private mutating func readConfigurationFile(_ inputs: SettingInputs) {
    let variable = SettingInputs.fileVariable
    let named = inputs.filePath ?? inputs.environment[variable]
    let path = named ?? SettingInputs.conventionalFile
    let namedBy: SettingSource =
      inputs.filePath != nil ? .flag("--config") : named != nil ? .environment(variable: variable) : .file(path: path, line: nil)
    switch inputs.readFile(path) {
    case .missing:
      guard named != nil else { return }
      problems.append(
        SettingProblem(code: .unreadableFile, source: namedBy, given: quoted(path), reason: "does not exist"))
    case .unreadable(let reason):
      problems.append(SettingProblem(code: .unreadableFile, source: namedBy, given: quoted(path), reason: reason))
    case .bytes(let bytes):
      filePath = path
      read(ConfigurationFile(parsing: bytes), path: path)
    }
  }

  private mutating func read(_ file: ConfigurationFile, path: String) {
    for bad in file.badLines {
      problems.append(
        SettingProblem(code: .malformedLine, source: .file(path: path, line: bad.line), reason: bad.reason))
    }
    for entry in file.entries {
      let source = SettingSource.file(path: path, line: entry.line)
      if let setting = list.settings.first(where: { $0.name == entry.key }) {
        apply(entry.value, to: setting, from: source)
      } else {
        problems.append(unknownSetting(entry.key, source))
      }
    }
  }

  private mutating func readSecretFiles(_ inputs: SettingInputs) {
    for setting in list.settings {
      guard let variable = setting.fileVariable, let path = inputs.environment[variable] else { continue }
      let source = SettingSource.secretFile(variable: variable, path: path)
      switch inputs.readFile(path) {
      case .missing:
        problems.append(
          SettingProblem(code: .unreadableFile, source: source, setting: setting.name, reason: "the file does not exist"))
      case .unreadable(let reason):
        problems.append(
          SettingProblem(code: .unreadableFile, source: source, setting: setting.name, reason: "the file \(reason)"))
      case .bytes(let bytes):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          problems.append(
            SettingProblem(code: .unreadableFile, source: source, setting: setting.name, reason: "the file is not UTF-8 text"))
          continue
        }
        // Editors and `echo` end a file with a newline that is no part of the secret.
        apply(text.last?.isNewline == true ? String(text.dropLast()) : text, to: setting, from: source)
      }
    }
  }

  private mutating func readEnvironment(_ inputs: SettingInputs) {
    for setting in list.settings {
      guard let value = inputs.environment[setting.variable] else { continue }
      apply(value, to: setting, from: .environment(variable: setting.variable))
    }
    let known = Set(list.settings.map(\.variable) + list.settings.compactMap(\.fileVariable) + [SettingInputs.fileVariable])
    for (variable, value) in inputs.environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix("QAREEB_") && !known.contains(variable) && !isSetByOthers(variable, value) {
      // A setting whose variable is a well-known one (PORT) is looked for under the conventional name too.
      let meant = list.settings.first { Setting<Root>.conventionalVariable(for: $0.name) == variable }?.variable
      problems.append(
        SettingProblem(
          code: .unknownVariable, source: .environment(variable: variable), reason: "is not a variable that Qareeb knows",
          suggestion: meant ?? nearestName(to: variable, among: list.settings.map(\.variable))))
    }
  }

  private mutating func readFlags(_ inputs: SettingInputs) {
    for flag in inputs.flags {
      let source = SettingSource.flag(flag.flag)
      guard let setting = list.settings.first(where: { $0.name == flag.name }) else {
        problems.append(unknownSetting(flag.name, source))
        continue
      }
      guard setting.secrecy == .open else {
        problems.append(
          SettingProblem(
            code: .secretOnCommandLine, source: source, setting: setting.name,
            reason: "a secret on the command line shows in the process list; "
              + "set \(setting.variable), \(setting.variable)_FILE or the configuration file"))
        continue
      }
      apply(flag.value, to: setting, from: source)
    }
  }

  private func unknownSetting(_ name: String, _ source: SettingSource) -> SettingProblem {
    SettingProblem(
      code: .unknownSetting, source: source, reason: "\(quoted(name)) is not a setting",
      suggestion: nearestName(to: name, among: list.settings.map(\.name)))
  }
}

/// Variables that begin like ours but are not: Kubernetes describes a service called "qareeb" or "qareeb-…" to every pod
/// (`QAREEB_SERVICE_HOST`, `QAREEB_PORT=tcp://…`, `QAREEB_PORT_8080_TCP_ADDR`), and the project's own tests use `QAREEB_TEST_…`.
private func isSetByOthers(_ variable: String, _ value: String) -> Bool {
  if variable.hasPrefix("QAREEB_TEST_") || variable.hasSuffix("_SERVICE_HOST") || variable.contains("_SERVICE_PORT") {
    return true
  }
  guard variable.contains("_PORT") else { return false }
  return value.hasPrefix("tcp://") || value.hasPrefix("udp://") || variable.contains("_TCP_") || variable.contains("_UDP_")
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }
