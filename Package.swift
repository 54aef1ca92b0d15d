// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// While iterating, `WEFT_ONLY=WeftRPC,WeftHTTP2` builds the tests of those targets alone.
let testedOnly: Set<String>? = ProcessInfo.processInfo.environment["WEFT_ONLY"].map {
  Set($0.split(separator: ",").map(String.init))
}

func tests(
  of target: String, dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> [Target] {
  if let testedOnly, !testedOnly.contains(target) { return [] }
  return [
    .testTarget(
      name: target + "Tests", dependencies: [.byName(name: target), "WeftTestSupport"] + dependencies,
      exclude: exclude, swiftSettings: strict)
  ]
}

/// Fuzz targets and the inputs that were found. With `WEFT_FUZZ` set, libFuzzer drives them instead of tests: that
/// needs `-sanitize=fuzzer`, so no ordinary build has it (scripts/fuzz).
var fuzzing: [Target] {
  let dependencies: [Target.Dependency] = [
    "WeftProtobuf", "WeftHTTP2", "WeftRPC", "WeftGateway", "WeftHost", "WeftDNS", "WeftRegistry",
    "WeftConsul",
  ]
  if ProcessInfo.processInfo.environment["WEFT_FUZZ"] != nil {
    return [
      .executableTarget(
        name: "weft-fuzz", dependencies: dependencies, path: "Tests/FuzzTests",
        exclude: ["CorpusTests.swift", "Corpus", "Dictionaries"], swiftSettings: strict)
    ]
  }
  if let testedOnly, !testedOnly.contains("Fuzz") { return [] }
  return [
    .testTarget(
      name: "FuzzTests", dependencies: dependencies, exclude: ["Driver", "Corpus", "Dictionaries"],
      swiftSettings: strict)
  ]
}

/// Every Swift target builds in the Swift 6 language mode with warnings treated as bugs.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
  name: "weft",
  products: [
    .executable(name: "weft", targets: ["weft"]),
    .executable(name: "protoc-gen-weft-swift", targets: ["protoc-gen-weft-swift"]),
    .library(name: "WeftProtobuf", targets: ["WeftProtobuf"]),
    .library(name: "WeftRPC", targets: ["WeftRPC"]),
    .library(name: "WeftTelemetry", targets: ["WeftTelemetry"]),
    .library(name: "WeftMetrics", targets: ["WeftMetrics"]),
    .library(name: "WeftTracing", targets: ["WeftTracing"]),
    .library(name: "WeftDiscovery", targets: ["WeftDiscovery"]),
    .library(name: "WeftHost", targets: ["WeftHost"]),
    .plugin(name: "WeftProtobufPlugin", targets: ["WeftProtobufPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C, nothing else.
    .systemLibrary(
      name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .target(name: "CWeftCodec", dependencies: ["CProtobufC"]),

    // Messages.
    .target(
      name: "WeftProtobuf", dependencies: ["CProtobufC", "CWeftCodec"], exclude: ["DESIGN.md"],
      swiftSettings: strict),
    .target(
      name: "WeftGeneration", dependencies: ["WeftProtobuf"], exclude: ["DESIGN.md"],
      swiftSettings: strict),
    .target(
      name: "WeftOpenAPI", dependencies: ["WeftProtobuf"], exclude: ["DESIGN.md"], swiftSettings: strict),
    .executableTarget(
      name: "protoc-gen-weft-swift", dependencies: ["WeftGeneration"], swiftSettings: strict),
    // The program under test of protobuf's conformance runner: scripts/conformance.
    .executableTarget(name: "weft-conformance", dependencies: ["WeftProtobuf"], swiftSettings: strict),
    .plugin(
      name: "WeftProtobufPlugin", capability: .buildTool(), dependencies: ["protoc-gen-weft-swift"]),

    // Transport and calls.
    .target(
      name: "WeftHTTP2",
      dependencies: nio + [
        "CNghttp2",
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["DESIGN.md"], swiftSettings: strict),
    .target(
      name: "WeftRPC", dependencies: ["WeftProtobuf", "WeftHTTP2", "CZlib"], swiftSettings: strict),

    .target(
      name: "WeftTelemetry",
      dependencies: ["WeftRPC", .product(name: "Logging", package: "swift-log")], swiftSettings: strict),

    // What Swift's own libraries measure and trace, among Weft's metrics and traces.
    .target(
      name: "WeftMetrics",
      dependencies: ["WeftRPC", .product(name: "CoreMetrics", package: "swift-metrics")],
      swiftSettings: strict),
    .target(
      name: "WeftTracing",
      dependencies: [
        "WeftRPC", .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "Instrumentation", package: "swift-distributed-tracing"),
      ], swiftSettings: strict),

    // Discovery, registry, gateway, services.
    .target(name: "WeftDiscovery", dependencies: ["WeftRPC"], swiftSettings: strict),
    .target(
      name: "WeftRegistry",
      dependencies: [
        "WeftDiscovery", "CZlib",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], exclude: ["DESIGN.md"], swiftSettings: strict),
    .target(
      name: "WeftDNS",
      dependencies: nio + ["WeftRPC", .product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    // Its files travel in the binary: nothing has to be installed beside it.
    .target(
      name: "WeftRegistryPage", dependencies: ["WeftHTTP2", "WeftRegistry"],
      resources: [
        "index.html", "icon.svg", "style.css", "parts.css", "main.js", "api.js", "dom.js", "finder.js",
        "parts.js", "paths.js", "services.js", "nodes.js", "keys.js",
      ].map { .embedInCode("Assets/" + $0) }, swiftSettings: strict),
    .target(
      name: "WeftConsul",
      dependencies: nio + ["WeftRegistry", "WeftHTTP2", .product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    .target(
      name: "WeftHost",
      dependencies: [
        "WeftDiscovery", "WeftTelemetry", "WeftMetrics", "WeftTracing", "CMalloc",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "WeftGateway",
      dependencies: nio + ["WeftDiscovery", .product(name: "Logging", package: "swift-log")],
      exclude: ["DESIGN.md"], swiftSettings: strict),
    .target(
      name: "WeftConfigService",
      dependencies: ["WeftHost", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),

    // gRPC's interoperability tests: TestService, and a client for its cases.
    .target(
      name: "WeftInterop",
      dependencies: ["WeftRPC", .product(name: "NIOSSL", package: "swift-nio-ssl")], swiftSettings: strict),

    // The command line.
    .target(
      name: "WeftCertificates",
      dependencies: [
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: strict),
    .target(
      name: "WeftSupervisor", dependencies: [.product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    .executableTarget(
      name: "weft",
      dependencies: [
        "WeftHost", "WeftRegistry", "WeftRegistryPage", "WeftConsul", "WeftDNS", "WeftGateway",
        "WeftConfigService", "WeftCertificates",
        "WeftSupervisor", "WeftInterop", "WeftGeneration", "WeftOpenAPI",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // What benchmarks run.
    .executableTarget(
      name: "weft-bench-server",
      dependencies: ["WeftRPC", .product(name: "NIOSSL", package: "swift-nio-ssl")],
      path: "Benchmarks/EchoServer", swiftSettings: strict),
    .executableTarget(
      name: "weft-bench-client", dependencies: ["WeftRPC"], path: "Benchmarks/EchoClient",
      swiftSettings: strict),
    .executableTarget(
      name: "weft-bench-registry", dependencies: ["WeftDiscovery"], path: "Benchmarks/RegistryClient",
      swiftSettings: strict),
  ]
    // Tests, mirroring Sources. First what they share.
    + [
      .target(
        name: "WeftTestSupport", dependencies: [.product(name: "Logging", package: "swift-log")],
        path: "Tests/WeftTestSupport", swiftSettings: strict)
    ]
    // What protoc-gen-c makes of a few messages, to compare with.
    + [
      .target(
        name: "CWeftTestMessages", dependencies: ["CProtobufC"], path: "Tests/CWeftTestMessages",
        exclude: [
          "generate", "codec_test.proto", "codec_test2.proto", "codec_wkt_test.proto",
        ])
    ]
    + tests(of: "WeftProtobuf", dependencies: ["CWeftTestMessages", "CWeftCodec", "CProtobufC"])
    + tests(of: "WeftGeneration", dependencies: ["WeftRPC"], exclude: ["Protos"])
    + tests(of: "WeftOpenAPI")
    + tests(of: "WeftHTTP2")
    + tests(
      of: "WeftRPC",
      dependencies: ["WeftCertificates", .product(name: "InMemoryLogging", package: "swift-log")])
    + tests(of: "WeftTelemetry")
    + tests(of: "WeftMetrics", dependencies: [.product(name: "Metrics", package: "swift-metrics")])
    + tests(of: "WeftTracing")
    + tests(of: "WeftDiscovery", dependencies: ["WeftRegistry"])
    + tests(of: "WeftRegistry", dependencies: ["WeftCertificates"])
    + tests(of: "WeftDNS", dependencies: [.product(name: "NIOEmbedded", package: "swift-nio")])
    + tests(of: "WeftConsul")
    + tests(of: "WeftRegistryPage", dependencies: nio)
    + tests(of: "WeftGateway", exclude: ["Fixtures"])
    + tests(
      of: "WeftHost",
      dependencies: ["WeftCertificates", .product(name: "CryptoExtras", package: "swift-crypto")])
    + tests(of: "WeftConfigService")
    + tests(of: "WeftCertificates")
    + tests(of: "WeftSupervisor")
    + tests(of: "WeftInterop")
    + tests(of: "weft")
    + fuzzing
)
