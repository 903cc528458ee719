// swift-tools-version: 6.2
// The module graph. `tools/tidy` checks that imports keep to it and that engines stay pure.
import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One idea a module; `Sources/<name>` and, where it has tests, `Tests/<name>Tests`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// An engine: pure Swift, standard library only, under `Indexes/<name>`.
func engine(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Indexes/\(name)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "Bytes", "TestSupport"] + dependencies, swiftSettings: settings)
}

/// A shim target around a C library that Debian packages.
func system(_ name: String, _ pkgConfig: String? = nil) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig)
}

/// A shim target around C sources that `tools/setup` downloads, pinned, into the git-ignored `upstream/`.
func upstream(_ name: String, sources: [String], headers: String) -> Target {
  .target(name: name, sources: sources, cSettings: [.headerSearchPath(headers)])
}

let package = Package(
  name: "qareeb",
  products: [
    .executable(name: "qareeb", targets: ["qareeb"]),
    .library(
      name: "Engines",
      targets: [
        "Columns", "Geometry", "SpatialIndex", "TextIndex", "AvailabilityIndex", "Ranking", "ProviderIndex", "TextAnalysis",
      ]),
    .library(
      name: "Platform",
      targets: [
        "Bytes", "EventLoops", "JSON", "HTTPServer", "HTTPClient", "WebAPI", "PostgresClient", "EmbeddedPostgres", "Telemetry",
      ]),
    .library(name: "Formats", targets: ["IndexFormats", "DemoMarkets"]),
  ],
  targets: [
    // C libraries
    .target(name: "CPlatform"),
    system("CUV", "libuv"),
    system("CWslay"),
    system("CZlib", "zlib"),
    system("CPQ", "libpq"),
    system("CCurl", "libcurl"),
    system("CCrypto", "libcrypto"),
    system("CICU", "icu-uc"),
    system("CSnowball"),
    upstream("CLlhttp", sources: ["shim.c", "upstream/src"], headers: "upstream/include"),
    upstream("CYyjson", sources: ["shim.c", "upstream/yyjson.c"], headers: "upstream"),

    // Engines
    engine("Columns"),
    engine("Geometry"),
    engine("SpatialIndex", ["Columns", "Geometry"]),
    engine("TextIndex", ["Columns"]),
    engine("AvailabilityIndex", ["Columns"]),
    engine("Ranking", ["Geometry"]),
    engine("ProviderIndex", ["Columns", "Geometry", "SpatialIndex", "TextIndex", "AvailabilityIndex", "Ranking"]),

    // Platform
    module("Bytes"),
    module("EventLoops", ["Bytes", "CPlatform", "CUV"]),
    module("JSON", ["Bytes", "CYyjson"]),
    module("Telemetry", ["Bytes", "CPlatform"]),
    module("Spelling"),
    module("Configuration", ["Spelling"]),
    module("Terminal", ["Spelling"]),
    module("Cryptography", ["CCrypto"]),
    module("HTTPServer", ["Bytes", "EventLoops", "Cryptography", "CLlhttp", "CWslay", "CZlib"]),
    module("HTTPClient", ["Bytes", "EventLoops", "CCurl"]),
    module("TraceExport", ["Bytes", "Telemetry", "HTTPClient", "EventLoops", "JSON"]),
    module("WebAPI", ["Bytes", "HTTPServer", "JSON", "Telemetry", "EventLoops"]),
    module("PostgresClient", ["Bytes", "EventLoops", "Telemetry", "CPQ"]),
    module("Migrations", ["PostgresClient"]),
    module("EmbeddedPostgres", ["CPlatform"]),
    module("TextAnalysis", ["TextIndex", "CICU", "CSnowball"]),
    module("IndexFormats", ["Bytes", "JSON", "Spelling", "Geometry", "Ranking", "TextIndex", "ProviderIndex"]),

    module("Calendars", ["AvailabilityIndex"]),

    // The log followed, and the index kept by it
    module("ChangeFeed", ["PostgresClient", "EventLoops", "Telemetry"]),
    module(
      "IndexKeeper",
      [
        "Bytes", "EventLoops", "Telemetry", "PostgresClient", "ChangeFeed", "Columns", "Geometry", "TextIndex", "Ranking",
        "ProviderIndex", "AvailabilityIndex", "Calendars",
      ]),

    module("DemoMarkets", ["Bytes", "JSON", "WebAPI"]),

    // Features
    module("Catalogue", ["Bytes", "WebAPI", "PostgresClient", "JSON", "DemoMarkets"]),
    module("Identity", ["WebAPI", "HTTPServer", "PostgresClient", "EventLoops", "Telemetry", "Cryptography"]),
    module("Feeds", ["Bytes", "WebAPI", "HTTPServer", "PostgresClient", "JSON", "Telemetry"]),

    module(
      "Discovery",
      [
        "Bytes", "EventLoops", "HTTPServer", "WebAPI", "JSON", "Telemetry", "Cryptography", "Geometry", "AvailabilityIndex",
        "Ranking", "TextIndex", "TextAnalysis", "ProviderIndex", "Calendars",
      ]),

    // The binary: commands, configuration, wiring; no rules
    .executableTarget(
      name: "qareeb",
      dependencies: [
        "Bytes", "EventLoops", "JSON", "Telemetry", "Configuration", "Terminal", "HTTPServer", "HTTPClient", "TraceExport",
        "WebAPI",
        "PostgresClient", "Migrations", "EmbeddedPostgres", "DemoMarkets", "Catalogue", "Discovery", "Cryptography", "Columns",
        "TextIndex", "ProviderIndex",
        "Ranking", "Geometry",
        "IndexFormats", "Spelling", "TextAnalysis", "ChangeFeed", "IndexKeeper", "Calendars", "Identity", "Feeds",
      ],
      swiftSettings: settings, plugins: ["BuildCommit"]),
    // Tells the binary the commit it was built from
    .plugin(name: "BuildCommit", capability: .buildTool()),

    // Tests
    .target(
      name: "TestSupport",
      dependencies: [
        "Bytes", "EventLoops", "HTTPServer", "PostgresClient", "Migrations", "EmbeddedPostgres", "JSON", "CPlatform",
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("Columns"),
    tests("Geometry"),
    tests("SpatialIndex", ["Columns", "Geometry"]),
    tests("TextIndex", ["Columns"]),
    tests("AvailabilityIndex", ["Columns"]),
    tests("Ranking"),
    tests("ProviderIndex", ["Columns", "Geometry", "SpatialIndex", "TextIndex", "AvailabilityIndex", "Ranking"]),
    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: settings),
    tests("EventLoops"),
    tests("JSON"),
    tests("Telemetry"),
    .testTarget(name: "SpellingTests", dependencies: ["Spelling"], swiftSettings: settings),
    tests("Configuration"),
    tests("Terminal"),
    .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"], swiftSettings: settings),
    tests("HTTPServer", ["EventLoops"]),
    tests("HTTPClient", ["EventLoops", "HTTPServer"]),
    tests("TraceExport", ["EventLoops", "HTTPClient", "HTTPServer", "Telemetry", "JSON"]),
    tests("WebAPI", ["HTTPServer", "EventLoops", "JSON", "Telemetry"]),
    tests("PostgresClient", ["EventLoops", "EmbeddedPostgres", "Telemetry"]),
    tests("Migrations", ["PostgresClient", "EventLoops"]),
    tests("EmbeddedPostgres"),
    tests("TextAnalysis", ["TextIndex"]),
    tests("IndexFormats", ["JSON", "Geometry", "Ranking", "TextIndex", "ProviderIndex"]),
    tests("DemoMarkets", ["WebAPI", "JSON"]),
    tests("Calendars", ["AvailabilityIndex"]),
    tests("ChangeFeed", ["PostgresClient"]),
    tests(
      "IndexKeeper",
      [
        "PostgresClient", "EventLoops", "EmbeddedPostgres", "ChangeFeed", "ProviderIndex", "Ranking", "Geometry", "TextIndex",
        "Columns", "SpatialIndex", "Telemetry", "Migrations", "AvailabilityIndex", "Calendars",
      ]),
    tests("Identity", ["PostgresClient", "EventLoops", "WebAPI", "HTTPServer", "JSON", "Telemetry"]),
    tests("Feeds", ["PostgresClient", "EventLoops", "WebAPI", "HTTPServer", "JSON", "Telemetry", "Identity"]),
    tests("Catalogue", ["PostgresClient", "EventLoops", "WebAPI", "HTTPServer", "JSON", "DemoMarkets"]),
    tests(
      "Discovery",
      [
        "EventLoops", "WebAPI", "HTTPServer", "JSON", "DemoMarkets", "Geometry", "Ranking", "TextIndex", "TextAnalysis",
        "ProviderIndex", "AvailabilityIndex", "Calendars", "Telemetry",
      ]),
    .testTarget(
      name: "qareebTests",
      dependencies: [
        "qareeb", "TestSupport", "JSON", "Bytes", "Configuration", "EmbeddedPostgres", "EventLoops", "HTTPServer", "IndexKeeper",
        "PostgresClient", "Telemetry", "WebAPI",
      ], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
