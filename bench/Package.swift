// swift-tools-version: 6.2
// Benchmarks: their own package, so that the product's tests and builds never wait for them.
import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "bench",
  dependencies: [.package(name: "qareeb", path: "..")],
  targets: [
    .executableTarget(
      name: "http-target", dependencies: [.product(name: "Platform", package: "qareeb")], swiftSettings: settings)
  ],
  swiftLanguageModes: [.v6]
)
