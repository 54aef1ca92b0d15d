import Instrumentation
import Synchronization
import Tracing
import WeftRPC

/// A span of swift-distributed-tracing that becomes one of Weft's when it ends.
public final class WeftSpan: Span {
  /// Events and links of one span that are kept.
  static let maxEntries = 128

  private struct State {
    var name: String
    var status: SpanStatus?
    var attributes: SpanAttributes = [:]
    var events: [SpanEvent] = []
    var links: [TraceContext] = []
    var isEnded = false
  }

  /// What work inside this span is to run with.
  public let context: InstrumentationContext
  private let kind: SpanKind
  /// Nil when the work is not traced.
  private let place: CallSpan?
  private let start: UInt64
  private let state: Mutex<State>

  init(
    _ name: String, _ kind: SpanKind, place: CallSpan?, context: InstrumentationContext, start: UInt64
  ) {
    self.kind = kind
    self.place = place
    self.context = context
    self.start = start
    state = Mutex(State(name: name))
  }

  /// Whether what is said of the work goes anywhere.
  public var isRecording: Bool {
    place?.trace.isSampled == true && !state.withLock { $0.isEnded }
  }

  public var operationName: String {
    get { state.withLock { $0.name } }
    set { state.withLock { $0.name = newValue } }
  }

  public var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { $0.attributes = newValue } }
  }

  public func setStatus(_ status: SpanStatus) {
    state.withLock { $0.status = status }
  }

  public func addEvent(_ event: SpanEvent) {
    guard isRecording else { return }
    state.withLock { if $0.events.count < Self.maxEntries { $0.events.append(event) } }
  }

  /// Adds an event `exception`, in OpenTelemetry's terms. What the work comes to is told by its status.
  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    guard isRecording else { return }
    var attributes = attributes
    attributes.set("exception.type", value: .string(String(reflecting: type(of: error))))
    attributes.set("exception.message", value: .string("\(error)"))
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  public func addLink(_ link: SpanLink) {
    guard isRecording, let linked = link.context[SpanContext.self]?.trace else { return }
    state.withLock { if $0.links.count < Self.maxEntries { $0.links.append(linked) } }
  }

  /// Ends the work. Later calls change nothing.
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    let ended: State? = state.withLock { state in
      if state.isEnded { return nil }
      state.isEnded = true
      return state
    }
    guard let ended, let place, place.trace.isSampled else { return }
    place.tracing.record(span(ended, place, end: instant().nanosecondsSinceEpoch))
  }

  private func span(_ state: State, _ place: CallSpan, end: UInt64) -> TraceSpan {
    let isFailed = state.status?.code == .error
    var span = TraceSpan(
      name: state.name, kind: kind.weft, context: place.trace, parentSpanID: place.parent, start: start,
      end: end, status: isFailed ? .unknown : .ok, message: isFailed ? state.status?.message ?? "" : "",
      attributes: state.attributes.weft)
    span.events = state.events.map {
      TraceSpan.Event(name: $0.name, time: $0.nanosecondsSinceEpoch, attributes: $0.attributes.weft)
    }
    span.links = state.links
    return span
  }
}

extension SpanKind {
  fileprivate var weft: TraceSpan.Kind {
    switch self {
    case .server, .consumer: .server
    case .client, .producer: .client
    default: .internal
    }
  }
}

extension SpanAttributes {
  fileprivate var weft: [(key: String, value: TraceSpan.Attribute)] {
    var result: [(key: String, value: TraceSpan.Attribute)] = []
    forEach { key, value in result.append((key: key, value: value.weft)) }
    return result.sorted { $0.key < $1.key }
  }
}

extension SpanAttribute {
  /// Lists become text.
  fileprivate var weft: TraceSpan.Attribute {
    switch self {
    case .int32(let value): .int(Int(value))
    case .int64(let value): .int(Int(value))
    case .double(let value): .double(value)
    case .bool(let value): .bool(value)
    case .string(let value): .string(value)
    case .stringConvertible(let value): .string("\(value)")
    case .int32Array(let values): .string("\(values)")
    case .int64Array(let values): .string("\(values)")
    case .doubleArray(let values): .string("\(values)")
    case .boolArray(let values): .string("\(values)")
    case .stringArray(let values): .string("\(values)")
    case .stringConvertibleArray(let values): .string("\(values.map { "\($0)" })")
    default: .string("")
    }
  }
}
