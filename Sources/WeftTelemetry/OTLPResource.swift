import Glibc
import WeftRPC

/// What a process says of itself, and the requests that say it.
struct OTLPResource: Sendable {
  typealias KeyValue = Opentelemetry_Proto_Common_V1_KeyValue
  typealias AnyValue = Opentelemetry_Proto_Common_V1_AnyValue

  let resource: Opentelemetry_Proto_Resource_V1_Resource
  let scope: Opentelemetry_Proto_Common_V1_InstrumentationScope
  /// When counters began to count: nanoseconds since 1970.
  let start: UInt64

  init(_ configuration: OTLPConfiguration, start: UInt64 = UInt64(clamping: OTLPResource.now())) {
    var attributes: [(String, TraceSpan.Attribute)] = [
      ("service.name", .string(configuration.service)), ("process.pid", .int(Int(getpid()))),
      ("telemetry.sdk.name", .string("weft")), ("telemetry.sdk.language", .string("swift")),
    ]
    if !configuration.version.isEmpty {
      attributes.append(("service.version", .string(configuration.version)))
    }
    for (key, value) in configuration.attributes.sorted(by: { $0.key < $1.key }) {
      attributes.append((key, .string(value)))
    }
    resource = .with { $0.attributes = attributes.map { Self.pair($0.0, $0.1) } }
    scope = .with {
      $0.name = "weft"
      $0.version = configuration.version
    }
    self.start = start
  }

  static func pair(_ key: String, _ value: TraceSpan.Attribute) -> KeyValue {
    var pair = KeyValue()
    pair.key = key
    switch value {
    case .string(let text): pair.value = .with { $0.stringValue = text }
    case .int(let number): pair.value = .with { $0.intValue = Int64(number) }
    case .double(let number): pair.value = .with { $0.doubleValue = number }
    case .bool(let flag): pair.value = .with { $0.boolValue = flag }
    }
    return pair
  }

  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
