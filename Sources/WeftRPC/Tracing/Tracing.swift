import Synchronization

/// How a process takes part in tracing: which new traces it records, and where its spans go.
///
/// A call that comes with a `traceparent` is always traced on, and recorded when its caller says so. One that comes
/// without begins a trace of its own for the share that ``sampling`` says; the rest costs nothing.
///
/// A process that records nothing passes its callers' contexts on as they are, so that no trace points to spans that
/// nobody has.
public final class Tracing: Sendable {
  /// Share of the calls without a trace that begin one, from 0 to 1.
  public let sampling: Double
  private let sink: (any SpanSink)?
  /// The share on the scale of the id's 56 random bits.
  private let threshold: UInt64

  /// Passes on the traces of callers, and records nothing.
  public static let inherited = Tracing()

  private static let installed = Mutex<Tracing?>(nil)

  /// The one that this process was set up with; ``inherited`` when it was with none.
  public static var process: Tracing { installed.withLock { $0 } ?? inherited }

  /// Sets up tracing for the whole process: to be called once, before anything is served.
  public static func install(_ tracing: Tracing) {
    installed.withLock { $0 = tracing }
  }

  /// - Parameters:
  ///   - sampling: taken as 0 or 1 when it is less or more.
  ///   - sink: nil records nothing; contexts are passed on all the same.
  public init(sampling: Double = 0, sink: (any SpanSink)? = nil) {
    self.sampling = min(max(sampling.isNaN ? 0 : sampling, 0), 1)
    self.sink = sink
    threshold = UInt64(self.sampling * Double(UInt64(1) << 56))
  }

  /// Runs `body` as one piece of work of a trace: part of the one that the current task works for, or of a new one
  /// when sampling says so. Calls that `body` makes are its children.
  ///
  /// For work that is no RPC: a job, an HTTP request, a step worth seeing on its own.
  public func withSpan<Result>(
    _ name: String, attributes: [(key: String, value: TraceSpan.Attribute)] = [],
    _ body: () async throws -> Result
  ) async rethrows -> Result {
    let scope = CallScope.inherited
    let parent = scope?.span
    let context = parent.map { $0.tracing.part(of: $0.trace) } ?? newRoot()
    guard let context else { return try await body() }
    let span = CallSpan(
      name, .internal, context, parent: parent?.trace.spanID, tracing: parent?.tracing ?? self)
    return try await CallScope.$current.withValue(CallScope(deadline: scope?.deadline, span: span)) {
      do {
        let result = try await body()
        span.end(.ok, "", attributes: attributes)
        return result
      } catch {
        let failure = RPCError(handlerError: error)
        span.end(failure.code, failure.message, attributes: attributes)
        throw error
      }
    }
  }

  /// The span of a request that came in by another way than a call, or nil when it is not traced. Run what serves it
  /// with ``CallScope/current`` set to a scope of the span, and end the span.
  public func requestSpan(_ name: String, traceparent: String?, tracestate: String?) -> CallSpan? {
    serverSpan(name, traceparent: traceparent, tracestate: tracestate)
  }

  /// The span of a call that came in, or nil when it is not traced.
  func serverSpan(_ method: String, traceparent: String?, tracestate: String?) -> CallSpan? {
    if let traceparent, let caller = TraceContext(traceparent: traceparent, tracestate: tracestate) {
      return CallSpan(method, .server, part(of: caller), parent: caller.spanID, tracing: self)
    }
    return serverSpan(method)
  }

  /// The span of a call that came without a trace.
  @inline(__always)
  func serverSpan(_ method: String) -> CallSpan? {
    threshold == 0 ? nil : newServerSpan(method)
  }

  @inline(never)
  private func newServerSpan(_ method: String) -> CallSpan? {
    newRoot().map { CallSpan(method, .server, $0, parent: nil, tracing: self) }
  }

  /// The context of new work inside other work.
  func part(of parent: TraceContext) -> TraceContext {
    sink == nil ? parent : parent.child()
  }

  private func newRoot() -> TraceContext? {
    if threshold == 0 { return nil }
    let id = TraceContext.TraceID(high: TraceIDs.next(), low: TraceIDs.next())
    // The same bits decide everywhere, so that systems that look at ids agree (Trace Context, level 2).
    return id.low & 0xff_ffff_ffff_ffff < threshold ? .root(id, isSampled: true) : nil
  }

  package func record(_ span: @autoclosure () -> TraceSpan) {
    sink?.record(span())
  }

  /// The place in a trace of work that another tracing library begins and records: inside `parent`, or the first of a
  /// trace when sampling says so. Nil when it is not traced.
  package func place(inside parent: CallSpan?) -> CallSpan? {
    let context = parent.map { $0.tracing.part(of: $0.trace) } ?? newRoot()
    return context.map {
      CallSpan("", .internal, $0, parent: parent?.trace.spanID, tracing: parent?.tracing ?? self)
    }
  }

  /// The same for work elsewhere, which calls and spans here may belong to.
  package func place(of trace: TraceContext) -> CallSpan {
    CallSpan("", .internal, trace, parent: nil, tracing: self)
  }
}
