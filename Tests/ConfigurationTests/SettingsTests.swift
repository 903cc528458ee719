import Testing

@testable import Configuration

@Suite struct SettingsTests {
  private func resolve(_ environment: [String: String]) -> SettingsResolution<Settings> {
    SettingsResolution(Settings.list, from: SettingInputs(environment: environment) { _ in .missing })
  }

  @Test func defaultsAreRightAndKeepTheRules() {
    #expect(resolve([:]).problems == [])
  }

  /// A default outside its own range would be refused as soon as somebody wrote it down.
  @Test func everyDefaultIsWritable() {
    for setting in Settings.list.settings {
      let printed = setting.print(Settings.list.defaults)
      guard !printed.hasPrefix("("), !printed.isEmpty else { continue }
      var settings = Settings()
      #expect(throws: Never.self, "\(setting.name)") { try setting.apply(printed, &settings) }
    }
  }

  /// A row whose key path points at another row's value would go unnoticed otherwise.
  @Test func everySettingHasItsOwnPlace() {
    for setting in Settings.list.settings {
      let written = Self.otherValues.first { value in
        var settings = Settings()
        guard (try? setting.apply(value, &settings)) != nil else { return false }
        return setting.print(settings) != setting.print(Settings())
      }
      guard let written else {
        Issue.record("no sample value changes \(setting.name)")
        continue
      }
      var settings = Settings()
      #expect(throws: Never.self) { try setting.apply(written, &settings) }
      let changed = Settings.list.settings.filter { $0.print(settings) != $0.print(Settings()) }.map(\.name)
      #expect(changed == [setting.name])
    }
  }

  private static let otherValues = [
    "11", "0.5", "11s", "2000B", "host=x", "http://h", "debug", "json", "M=debug", "elsewhere",
    "true", "https://t/{z}/{x}/{y}.png",
  ]

  @Test func wellKnownVariablesKeepTheirNames() {
    let variables = Dictionary(uniqueKeysWithValues: Settings.list.settings.map { ($0.name, $0.variable) })
    #expect(variables["http.port"] == "PORT")
    #expect(variables["database.url"] == "DATABASE_URL")
    #expect(variables["limits.header_size"] == "QAREEB_LIMITS_HEADER_SIZE")
  }

  @Test func meaningsAreSentences() {
    for setting in Settings.list.settings {
      #expect(setting.meaning.hasSuffix(".") && setting.meaning.count > 10, "\(setting.name)")
    }
  }

  @Test(arguments: [
    (["QAREEB_LIMITS_CONNECTIONS": "10"], "limits.connections_per_loop"),
    (["QAREEB_LIMITS_HEADER_SIZE": "2KiB"], "limits.target_length"),
    (["QAREEB_CORS_ORIGINS": "*,https://a.example"], "cors.origins"),
  ])
  func settingsThatContradictAreRefused(_ environment: [String: String], _ name: String) {
    #expect(resolve(environment).problems.map(\.setting) == [name])
    #expect(resolve(environment).problems.map(\.code) == [.conflict])
  }
}
