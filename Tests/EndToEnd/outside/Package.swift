// swift-tools-version: 6.2
import PackageDescription

// A package as somebody else would write it, but for the path to Weft. Its targets build in the strictest ways that
// the compiler has, which must not trouble generated code.
let package = Package(
  name: "shop",
  dependencies: [.package(name: "weft", path: Context.environment["WEFT_PATH"] ?? "weft")],
  targets: [
    .target(
      name: "ShopCommon",
      dependencies: [.product(name: "WeftProtobuf", package: "weft")],
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ],
      plugins: [.plugin(name: "WeftProtobufPlugin", package: "weft")]),
    // Code from protos that others have written, some sixty files.
    .target(
      name: "Google",
      dependencies: [.product(name: "WeftRPC", package: "weft")],
      swiftSettings: [.treatAllWarnings(as: .error)],
      plugins: [.plugin(name: "WeftProtobufPlugin", package: "weft")]),
    .executableTarget(
      name: "shop",
      dependencies: ["ShopCommon", .product(name: "WeftRPC", package: "weft")],
      path: "Sources/Shop",
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .defaultIsolation(MainActor.self),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
      ],
      plugins: [.plugin(name: "WeftProtobufPlugin", package: "weft")]),
  ]
)
