// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "hello",
  // Outside of Weft's repository: .package(url: "...", from: "0.1.0").
  dependencies: [.package(name: "weft", path: "../..")],
  targets: [
    .executableTarget(
      name: "hello",
      dependencies: [.product(name: "WeftHost", package: "weft")],
      plugins: [.plugin(name: "WeftProtobufPlugin", package: "weft")])
  ]
)
