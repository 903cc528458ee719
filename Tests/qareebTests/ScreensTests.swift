import Configuration
import Foundation
import HTTPServer
import JSON
import Telemetry
import TestSupport
import Testing
import WebAPI

@testable import EmbeddedPostgres
@testable import qareeb

/// The first screen: how it is served, and what people do with it in a browser.
@Suite(.serialized) struct ScreensTests {
  private static let routes: [Route] = [
    Route.get("/api/v1/greeting", "A greeting", permission: .public, rate: .unlimited, tags: ["Greetings"])
      .sync { (_: Call) in 1 }
  ]

  private func serve(
    _ settings: [String: String] = [:], _ body: @Sendable (TestHTTPClient) async throws -> Void
  ) async throws {
    let environment = ["QAREEB_WEB_DIRECTORY": ProjectFolder.file("web")].merging(settings) { $1 }
    let resolution = SettingsResolution(Settings.list, from: SettingInputs(environment: environment) { _ in .missing })
    let settings = try resolution.checked()
    let api = try API(routes: Self.routes, configuration: APIConfiguration(settings), environment: APIEnvironment())
    let service = Screens.around(api, settings, .disabled)
    try await withTestServer(service, limits: ServerLimits(settings, loops: 1)) { try await body(TestHTTPClient($0.address)) }
  }

  // MARK: How it is served

  @Test(arguments: [
    ("/", "text/html; charset=utf-8"), ("/?q=%D8%B4%D8%B9%D8%B1&lang=ar", "text/html; charset=utf-8"),
    ("/screen/main.js", "text/javascript; charset=utf-8"), ("/screen/style/base.css", "text/css; charset=utf-8"),
    ("/screen/icon.svg", "image/svg+xml; charset=utf-8"), ("/screen/settings.json", "application/json; charset=utf-8"),
    ("/vendor/leaflet/leaflet.min.js", "text/javascript; charset=utf-8"),
  ])
  func itsFilesSayWhatTheyMayLoad(_ path: String, _ type: String) async throws {
    try await serve { client in
      for method in ["GET", "HEAD"] {
        let answer = try await client.send(method, path)
        #expect(answer.status == 200)
        #expect(answer.value("content-type") == type)
        #expect(
          answer.value("content-security-policy")
            == "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
        #expect(answer.value("x-frame-options") == "DENY")
        #expect(answer.value("x-content-type-options") == "nosniff")
        #expect(answer.value("cache-control") == "no-cache")
      }
    }
  }

  @Test func browsersAskOnlyWhetherItChanged() async throws {
    try await serve { client in
      let tag = try #require(try await client.get("/screen/main.js").value("etag"))
      #expect(try await client.get("/screen/main.js", headers: [("If-None-Match", tag)]).status == 304)
    }
  }

  @Test(arguments: [
    "/nothing", "/index.html", "/README.md", "/screen", "/screen/", "/screen/nothing.js", "/screen/../README.md", "/vendor",
    "/vendor/leaflet/nothing.js", "/vendor/jquery/jquery.js", "/web/index.html",
  ])
  func whatIsNoFileOfItIsTheAPIsToRefuse(_ path: String) async throws {
    try await serve { client in
      let answer = try await client.get(path)
      #expect(answer.status == 404)
      #expect(try answer.json()["error"]?["code"]?.string == "NOT_FOUND")
      #expect(answer.value("content-security-policy") == "default-src 'none'; frame-ancestors 'none'")
    }
  }

  @Test func itIsOnlyRead() async throws {
    try await serve { client in
      for path in ["/", "/screen/main.js", "/screen/settings.json"] {
        let answer = try await client.send("POST", path)
        #expect(answer.status == 405)
        #expect(answer.value("allow") == "GET, HEAD")
      }
    }
  }

  @Test func theAPIAndItsDocumentationStayWhereTheyAre() async throws {
    try await serve { client in
      let (greeting, page) = (try await client.get("/api/v1/greeting"), try await client.get("/docs"))
      #expect(greeting.text.contains("\"data\":1"))
      #expect(page.status == 200)
    }
  }

  @Test func withoutItsFolderTheAPIStandsAlone() async throws {
    try await serve(["QAREEB_WEB_DIRECTORY": "/no/such/folder"]) { client in
      let answer = try await client.get("/")
      #expect(answer.status == 307)
      #expect(answer.value("location") == "/docs")
      #expect(try await client.get("/screen/main.js").status == 404)
      #expect(try await client.get("/api/v1/greeting").status == 200)
    }
  }

  @Test func withoutLeafletThereIsNoMap() async throws {
    try await serve { client in
      let told = try await client.get("/screen/settings.json")
      #expect(told.text == #"{"map":true}"#)
    }
    try await serve(["QAREEB_WEB_LIBRARIES": "/no/such/folder"]) { client in
      let told = try await client.get("/screen/settings.json")
      #expect(told.text == #"{"map":false}"#)
      #expect(try await client.get("/vendor/leaflet/leaflet.min.js").status == 404)
      #expect(try await client.get("/").status == 200)
    }
  }

  /// What a module imports would otherwise be asked for only once the module has come: a phone would wait for each level of them.
  @Test func everyModuleIsAskedForAtOnce() throws {
    let page = try ProjectFolder.text("web/index.html")
    let asked = Set(page.matches(of: /rel="modulepreload" href="\/(screen\/[^"]+)"/).map { String($0.1) })
    let folder = URL(filePath: ProjectFolder.file("web/screen"))
    let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    #expect(asked == Set(files.filter { $0.hasSuffix(".js") && $0 != "main.js" }.map { "screen/\($0)" }))
  }

  // MARK: Pictures of the map

  @Test func picturesMayComeFromWhereTheSettingSays() async throws {
    let settings = [
      "QAREEB_WEB_TILES": "https://{s}.tiles.example:8443/{z}/{x}/{y}.png?key=1", "QAREEB_WEB_TILES_CREDIT": "© \"Somebody\"",
    ]
    try await serve(settings) { client in
      let answer = try await client.get("/")
      #expect(
        answer.value("content-security-policy")?.contains("; img-src 'self' data: https://*.tiles.example:8443;") == true)
      let told = try await client.get("/screen/settings.json")
      let tiles = try #require(told.json()["tiles"])
      #expect(tiles["url"]?.string == "https://{s}.tiles.example:8443/{z}/{x}/{y}.png?key=1")
      #expect(tiles["credit"]?.string == "© \"Somebody\"")
    }
  }

  @Test(arguments: [
    "tiles.example/{z}/{x}/{y}.png", "https://tiles.example/{z}/{x}.png", "https://tiles.example; script-src */{z}/{x}/{y}",
    "https://{z}.tiles.example/{x}/{y}", "https://a,b/{z}/{x}/{y}", "https://tiles.example;/{z}/{x}/{y}",
    "https://'self'/{z}/{x}/{y}",
  ])
  func aTemplateThatIsNoneIsRefused(_ template: String) {
    let inputs = SettingInputs(environment: ["QAREEB_WEB_TILES": template]) { _ in .missing }
    #expect(SettingsResolution(Settings.list, from: inputs).problems.map(\.setting) == ["web.tiles"])
  }

  // MARK: What people do with it

  @Test func peopleFindWhatTheyLookFor() async throws {
    let database = try await TestDatabase.make(from: .migrated).connectionString
    let psql = try PostgresInstallation.find(nil).psql
    let tiles = ["QAREEB_WEB_TILES": "http://{s}.tiles.example/{z}/{x}/{y}.png", "QAREEB_WEB_TILES_CREDIT": "Tiles by <someone>"]
    try await RunningQareeb.with(database: database) { server in
      try await RunningQareeb.with(database: database, environment: tiles) { tiled in
        let run = try await PythonClient.run("screen.py", server.base, tiled.base, psql, database)
        #expect(
          run.output.split(separator: "\n") == [
            "ar-390", "ar-1440", "en-390", "en-1440", "ar-390-dark", "en-390-dark", "ar-1440-dark", "en-1440-dark", "ar-360",
            "en-360", "faults", "ar through thick and thin", "en through thick and thin",
          ])
        #expect(run.exitCode == 0, "\(run.error)")
      }
    }
  }
}
