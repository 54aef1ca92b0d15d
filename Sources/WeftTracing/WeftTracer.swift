import Instrumentation
import Tracing
import WeftRPC

/// Makes spans of swift-distributed-tracing part of Weft's traces: under the call that is being served, above the calls
/// that are made inside them, sampled and exported like Weft's own.
///
/// ```swift
/// WeftTracer.install()
/// try await withSpan("price the order") { span in ... }
/// ```
public struct WeftTracer: Tracer {
  private let tracing: WeftRPC.Tracing?

  /// - Parameter tracing: where spans go that begin a trace; nil for the process's own (``WeftRPC/Tracing/process``).
  public init(tracing: WeftRPC.Tracing? = nil) {
    self.tracing = tracing
  }

  /// Makes this the tracer of the whole process. To be called once, first thing; ``WeftHost`` does it for its processes.
  public static func install() {
    InstrumentationSystem.bootstrap(WeftTracer())
  }

  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> WeftSpan {
    _ = SpanContext.isFollowed
    var context = context()
    let place = (tracing ?? .process).place(inside: context[SpanContext.self] ?? CallScope.inherited?.span)
    if let place { context[SpanContext.self] = place }
    return WeftSpan(
      operationName, kind, place: place, context: context, start: instant().nanosecondsSinceEpoch)
  }

  /// Spans are sent as they end; the exporter sends what is left when the process ends.
  public func forceFlush() {}

  /// Reads the W3C trace context of a request that came in by another way than a call.
  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard let parent = extractor.extract(key: TraceContext.parentField, from: carrier) else { return }
    let state = extractor.extract(key: TraceContext.stateField, from: carrier)
    guard let trace = TraceContext(traceparent: parent, tracestate: state) else { return }
    _ = SpanContext.isFollowed
    context[SpanContext.self] = (tracing ?? .process).place(of: trace)
  }

  /// Writes the trace context for a request that goes out by another way than a call.
  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let trace = (context[SpanContext.self] ?? CallScope.inherited?.span)?.trace else { return }
    injector.inject(trace.traceparent, forKey: TraceContext.parentField, into: &carrier)
    if !trace.state.isEmpty {
      injector.inject(trace.state, forKey: TraceContext.stateField, into: &carrier)
    }
  }
}

/// Where a context stands in Weft's traces.
enum SpanContext: InstrumentationContextKey {
  typealias Value = CallSpan

  /// Lets calls look here for the span that they are made in. Done when there is a first span: until then calls need
  /// not look.
  static let isFollowed: Void = ForeignSpan.follow { InstrumentationContext.current?[SpanContext.self] }
}
