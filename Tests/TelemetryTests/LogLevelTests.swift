import Telemetry
import Testing

@Suite struct LogLevelTests {
  @Test func readsStandardAndModuleLevels() throws {
    let levels = try LogLevels(parsing: "info, HTTPServer=DEBUG ,PostgresClient=off")
    #expect(levels.level(for: "HTTPServer") == .debug)
    #expect(levels.level(for: "PostgresClient") == nil)
    #expect(levels.level(for: "Anything") == .info)
  }

  @Test func aModuleMayComeWithoutAStandard() throws {
    let levels = try LogLevels(parsing: "WebAPI=trace")
    #expect(levels.level(for: "WebAPI") == .trace)
    #expect(levels.level(for: "Other") == .info)
  }

  @Test(arguments: [
    ("", LogLevelsError.Reason.empty, ""),
    ("info,,debug", .empty, ""),
    ("loud", .unknownLevel("loud"), "loud"),
    ("info,HTTPServer=", .unknownLevel(""), "HTTPServer="),
    ("info,HTTPServer=debug=x", .unknownLevel("debug=x"), "HTTPServer=debug=x"),
    ("=debug", .noModule, "=debug"),
    ("info,debug", .repeated, "debug"),
    ("A=info,A=debug", .repeated, "A=debug"),
  ])
  func refusesNamingThePart(text: String, reason: LogLevelsError.Reason, part: String) {
    #expect(throws: LogLevelsError(part: part, reason: reason)) { try LogLevels(parsing: text) }
  }

  @Test func refusesAMisspeltModule() {
    let error = #expect(throws: LogLevelsError.self) {
      try LogLevels(parsing: "info,HTPServer=debug", knownModules: ["HTTPServer", "WebAPI"])
    }
    #expect(error?.description.contains("HTPServer") == true)
    #expect(error?.description.contains("HTTPServer, WebAPI") == true)
  }

  @Test func belowTheLevelNothingIsEvaluated() {
    let capture = Capture(levels: LogLevels(standard: .warning))
    var evaluated = 0
    func costly() -> Int {
      evaluated += 1
      return evaluated
    }
    capture.log.info("cost \(costly())", ["cost": .int(costly())])
    Logger.disabled.critical("cost \(costly())")
    #expect(evaluated == 0)
    #expect(capture.sink.lines.isEmpty)
    capture.log.warning("cost \(costly())")
    #expect(evaluated == 1)
    #expect(capture.sink.lines.count == 1)
  }
}
