import Testing

@testable import Configuration

private struct Sample: Sendable {
  var port = 8080
  var name = "qareeb"
  var key = "default-secret"
  var url: String?
  var low = 1
  var high = 9
}

private let list = SettingList(
  defaults: Sample(),
  [
    Setting("http.port", \Sample.port, .integer(0...65535), variable: "PORT", "Port."),
    Setting("app.name", \Sample.name, .text, "Name."),
    Setting("app.key", \Sample.key, .secret(minimumBytes: 8), secrecy: .secret, "Key."),
    Setting(
      "database.url", \Sample.url, .optional(.databaseURL, absent: "private"), variable: "DATABASE_URL",
      secrecy: .connectionString,
      "Database."),
    Setting("span.low", \Sample.low, .integer(0...100), "Low."),
    Setting("span.high", \Sample.high, .integer(0...100), "High."),
  ],
  rules: [SettingRule("span.low") { $0.low > $0.high ? "span.low is above span.high" : nil }])

private func resolve(
  _ environment: [String: String] = [:], flags: [SettingInputs.Flag] = [], config: String? = nil,
  files: [String: SettingInputs.FileContent] = [:]
) -> SettingsResolution<Sample> {
  SettingsResolution(
    list, from: SettingInputs(flags: flags, environment: environment, filePath: config) { files[$0] ?? .missing })
}

private func text(_ content: String) -> SettingInputs.FileContent { .bytes(Array(content.utf8)) }

@Suite struct SettingsResolutionTests {
  @Test func withoutAnySourceTheDefaultsHold() throws {
    let resolution = resolve()
    #expect(try resolution.checked().port == 8080)
    #expect(resolution.source(of: "http.port") == .defaultValue)
    #expect(resolution.filePath == nil)
  }

  @Test func strongerSourcesWin() {
    let files = ["qareeb.conf": text("http.port = 1\napp.key = from-the-file"), "/run/key": text("from-the-secret-file\n")]
    var environment = ["QAREEB_APP_KEY_FILE": "/run/key"]
    let flag = SettingInputs.Flag(flag: "--port", name: "http.port", value: "3")

    #expect(resolve(files: files).values.port == 1)
    #expect(resolve(files: files).source(of: "http.port") == .file(path: "qareeb.conf", line: 1))
    #expect(resolve(["PORT": "2"], files: files).values.port == 2)
    #expect(resolve(["PORT": "2"], flags: [flag], files: files).values.port == 3)
    #expect(resolve(["PORT": "2"], flags: [flag], files: files).source(of: "http.port") == .flag("--port"))

    #expect(resolve(files: files).values.key == "from-the-file")
    #expect(resolve(environment, files: files).values.key == "from-the-secret-file")
    #expect(
      resolve(environment, files: files).source(of: "app.key") == .secretFile(variable: "QAREEB_APP_KEY_FILE", path: "/run/key"))
    environment["QAREEB_APP_KEY"] = "from-the-variable"
    #expect(resolve(environment, files: files).values.key == "from-the-variable")
  }

  @Test func theFileIsFoundByFlagThenVariableThenConvention() {
    let files = ["a.conf": text("http.port = 1"), "b.conf": text("http.port = 2"), "qareeb.conf": text("http.port = 3")]
    #expect(resolve(["QAREEB_CONFIG": "b.conf"], config: "a.conf", files: files).values.port == 1)
    #expect(resolve(["QAREEB_CONFIG": "b.conf"], files: files).values.port == 2)
    #expect(resolve(files: files).values.port == 3)
    #expect(resolve(files: files).filePath == "qareeb.conf")
  }

  @Test func anEmptyVariableIsNotSet() {
    let resolution = resolve(["PORT": "", "QAREEB_CONFIG": "", "QAREEB_NONSENSE": ""])
    #expect(resolution.values.port == 8080)
    #expect(resolution.problems == [])
  }

  @Test func everyProblemIsToldAtOnce() {
    let resolution = resolve(
      ["PORT": "99999", "QAREEB_APP_NAM": "x"],
      flags: [.init(flag: "--set", name: "http.prot", value: "1")],
      files: ["qareeb.conf": text("http.port = abc\nhttp.hots = x\nnonsense\n")])
    #expect(
      resolution.problems.map(\.description) == [
        "qareeb.conf:3: expected key = value",
        "qareeb.conf:1: \"abc\" is not a whole number; http.port must be a whole number from 0 to 65535",
        "qareeb.conf:2: \"http.hots\" is not a setting; did you mean http.port?",
        "PORT: \"99999\" is above 65535; http.port must be a whole number from 0 to 65535",
        "QAREEB_APP_NAM: is not a variable that Qareeb knows; did you mean QAREEB_APP_NAME?",
        "--set: \"http.prot\" is not a setting; did you mean http.port?",
      ])
    #expect(throws: SettingsError(problems: resolution.problems)) { try resolution.checked() }
  }

  @Test func aWrongValueIsToldEvenWhenOverridden() {
    let resolution = resolve(["PORT": "80"], files: ["qareeb.conf": text("http.port = abc")])
    #expect(resolution.values.port == 80)
    #expect(resolution.problems.map(\.code) == [.invalidValue])
  }

  @Test func settingsMustAgree() {
    let resolution = resolve(["QAREEB_SPAN_LOW": "50"])
    #expect(resolution.problems.map(\.description) == ["QAREEB_SPAN_LOW: span.low is above span.high"])
    #expect(resolution.problems.map(\.code) == [.conflict])
  }

  @Test func aNamedFileMustExistAndBeReadable() {
    #expect(resolve(config: "x.conf").problems.map(\.description) == ["--config: \"x.conf\" does not exist"])
    #expect(resolve(["QAREEB_CONFIG": "x.conf"]).problems.map(\.description) == ["QAREEB_CONFIG: \"x.conf\" does not exist"])
    let unreadable = resolve(files: ["qareeb.conf": .unreadable(reason: "may not be read by this user")])
    #expect(unreadable.problems.map(\.description) == ["qareeb.conf: \"qareeb.conf\" may not be read by this user"])
    #expect(
      resolve(["QAREEB_APP_KEY_FILE": "/gone"]).problems.map(\.description) == [
        "QAREEB_APP_KEY_FILE (/gone): the file does not exist"
      ])
  }

  @Test func aVariableUnderItsConventionalNameIsPointedToTheRealOne() {
    #expect(resolve(["QAREEB_HTTP_PORT": "80"]).problems.map(\.suggestion) == ["PORT"])
  }

  @Test func whatKubernetesSetsIsNoProblem() {
    let environment = [
      "QAREEB_SERVICE_HOST": "10.0.0.1", "QAREEB_SERVICE_PORT_HTTP": "80", "QAREEB_PORT": "tcp://10.0.0.1:80",
      "QAREEB_PORT_80_TCP_ADDR": "10.0.0.1", "QAREEB_API_SERVICE_PORT": "80", "QAREEB_TEST_SEED": "1", "OTHER": "x",
    ]
    #expect(resolve(environment).problems == [])
    #expect(resolve(["QAREEB_PORT": "80"]).problems.map(\.code) == [.unknownVariable])
  }

  @Test func aSecretNeverReachesAProblemOrARow() {
    let secret = "hunter2"
    let resolutions = [
      resolve(["QAREEB_APP_KEY": secret]),
      resolve(["QAREEB_APP_KEY_FILE": "/run/key"], files: ["/run/key": text(secret)]),
      resolve(files: ["qareeb.conf": text("app.key = \(secret)")]),
      resolve(flags: [.init(flag: "--set", name: "app.key", value: secret)]),
      resolve(["QAREEB_APP_KEY": "long-enough-\(secret)"]),
      resolve(["DATABASE_URL": "postgresql://me:\(secret)@db/qareeb"]),
      resolve(["DATABASE_URL": "mysql://me:\(secret)@db/qareeb"]),
    ]
    for resolution in resolutions {
      let told = resolution.problems.map(\.description) + resolution.rows.flatMap { [$0.value, $0.defaultValue] }
      #expect(!told.contains { $0.contains(secret) }, "\(told)")
    }
    #expect(
      resolutions.map { $0.problems.map(\.code) }.prefix(4) == [
        [.invalidValue], [.invalidValue], [.invalidValue], [.secretOnCommandLine],
      ])
    #expect(resolutions[4].problems == [])
  }

  @Test(arguments: [
    ("postgresql://me:pw@db:5432/qareeb", "postgresql://me:(hidden)@db:5432/qareeb"),
    ("postgresql://me@db/qareeb", "postgresql://me@db/qareeb"),
    ("postgresql://db/qareeb", "postgresql://db/qareeb"),
    ("postgresql://me:p@w/x@db/qareeb", "postgresql://me:(hidden)@db/qareeb"),
    ("postgresql://db/qareeb?password=pw", "(hidden)"),
    ("host=db password=pw", "(hidden)"),
    ("host=db", "(hidden)"),
  ])
  func connectionStringsLoseTheirPassword(_ given: String, _ shown: String) {
    #expect(withoutPassword(given) == shown)
  }

  @Test func rowsTellValueDefaultAndSource() {
    let rows = resolve(["PORT": "81", "QAREEB_APP_KEY": "long-enough"]).rows
    #expect(rows.map(\.name) == list.settings.map(\.name))
    #expect(rows[0].value == "81")
    #expect(rows[0].defaultValue == "8080")
    #expect(rows[0].source.description == "PORT")
    #expect(rows[2].value == "(hidden)")
    #expect(rows[3].value == "(none: private)")
    #expect(rows[3].source.description == "default")
  }
}
