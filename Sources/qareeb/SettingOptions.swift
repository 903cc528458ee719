import Configuration
import Terminal

/// The options by which every command's settings can be given, and the reading of them.
///
/// Rules: any setting may be given with `--set`; a secret may not, because the process list shows the command line. `--config`
/// names the file. All problems are told at once, and nothing starts before they are gone: exit code 78.
enum SettingOptions {
  static let config = Option(
    "config", .file, placeholder: "FILE", "Configuration file, instead of QAREEB_CONFIG or ./qareeb.conf.")
  static let set = Option(
    "set", .assignment(names: Settings.list.settings.filter { $0.secrecy == .open }.map(\.name)), placeholder: "NAME=VALUE",
    isRepeatable: true, "Value of one setting, as in http.port=9000.")
  static let all: [any CommandOption] = [config, set]

  /// `shortcuts` are options that stand for one setting each: their spelling, the setting and the value, if given.
  static func resolve(
    _ invocation: Invocation, shortcuts: [(flag: String, name: String, value: String?)] = []
  ) -> SettingsResolution<Settings> {
    let flags =
      invocation.all(set).map { SettingInputs.Flag(flag: "--set \($0.name)", name: $0.name, value: $0.value) }
      + shortcuts.compactMap { shortcut in
        shortcut.value.map { SettingInputs.Flag(flag: shortcut.flag, name: shortcut.name, value: $0) }
      }
    return SettingsResolution(Settings.list, from: .process(flags: flags, filePath: invocation[config]))
  }
}

extension SettingsResolution {
  /// The values, or the failure that tells all that is wrong.
  func checkedForCommand() throws(CommandFailure) -> Root {
    do throws(SettingsError) {
      return try checked()
    } catch {
      throw error.failure
    }
  }
}

extension SettingsError {
  var failure: CommandFailure {
    CommandFailure(
      .configuration, problems.count == 1 ? "one setting is wrong" : "\(problems.count) settings are wrong",
      details: problems.map { withoutControls($0.description) } + ["\"qareeb config --explain\" lists every setting."])
  }
}
