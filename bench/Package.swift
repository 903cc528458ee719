// swift-tools-version: 6.2
// Benchmarks: their own package, so that the product's tests and builds never wait for them.
import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let platform = Target.Dependency.product(name: "Platform", package: "qareeb")
let formats = Target.Dependency.product(name: "Formats", package: "qareeb")
let engines = Target.Dependency.product(name: "Engines", package: "qareeb")

let package = Package(
  name: "bench",
  dependencies: [.package(name: "qareeb", path: "..")],
  targets: [
    // What every benchmark needs: processes, load, rounds, results, charts.
    .target(name: "BenchKit", swiftSettings: settings),
    // The data set of the search benchmark: providers, queries, updates, each a pure function of seed and index.
    .target(name: "MarketWorkload", swiftSettings: settings),
    .target(name: "MarketIndex", dependencies: ["MarketWorkload", engines], swiftSettings: settings),
    // The command: one file a subcommand.
    .executableTarget(
      name: "qareeb-bench",
      dependencies: ["BenchKit", "MarketWorkload", "MarketIndex", "TargetRoutes", platform, engines, formats],
      swiftSettings: settings),

    // What is measured: the product's server with a few routes; once as it is, once with every allocation counted.
    .target(name: "TargetRoutes", dependencies: [platform], swiftSettings: settings),
    .target(name: "CAllocations"),
    .executableTarget(name: "http-target", dependencies: ["TargetRoutes", platform], swiftSettings: settings),
    .executableTarget(
      name: "counted-target", dependencies: ["CAllocations", "TargetRoutes", platform], swiftSettings: settings),
    // The engine's searches with every allocation counted.
    .executableTarget(
      name: "counted-search", dependencies: ["CAllocations", "MarketWorkload", "MarketIndex", engines],
      swiftSettings: settings),
    // Text analysis with every allocation counted.
    .executableTarget(
      name: "counted-analysis", dependencies: ["CAllocations", "MarketWorkload", engines], swiftSettings: settings),

    .testTarget(name: "BenchKitTests", dependencies: ["BenchKit"], swiftSettings: settings),
    .testTarget(name: "MarketWorkloadTests", dependencies: ["MarketWorkload"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
