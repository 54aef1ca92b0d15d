/// The part that one call, or other piece of work, has in a trace while it runs.
///
/// Made only for work that is traced. An object, so that a call that is not traced carries an empty reference and
/// nothing else.
public final class CallSpan: Sendable {
  public let trace: TraceContext
  package let tracing: Tracing
  private let name: String
  private let kind: TraceSpan.Kind
  package let parent: UInt64?
  private let start = WallClock.now()

  /// - Parameter name: a method's path is told without its slash.
  init(_ name: String, _ kind: TraceSpan.Kind, _ trace: TraceContext, parent: UInt64?, tracing: Tracing) {
    self.name = name
    self.kind = kind
    self.trace = trace
    self.parent = parent
    self.tracing = tracing
  }

  /// The span of a call that is made for this one.
  func client(_ method: String) -> CallSpan {
    CallSpan(method, .client, tracing.part(of: trace), parent: trace.spanID, tracing: tracing)
  }

  /// The work is done. Call it once.
  public func end(
    _ status: StatusCode, _ message: @autoclosure () -> String,
    attributes: @autoclosure () -> [(key: String, value: TraceSpan.Attribute)] = []
  ) {
    guard trace.isSampled else { return }
    tracing.record(
      TraceSpan(
        name: name.hasPrefix("/") ? String(name.dropFirst()) : name, kind: kind, context: trace,
        parentSpanID: parent, start: start, end: WallClock.now(), status: status,
        message: status == .ok ? "" : message(), attributes: attributes()))
  }

  /// The end of a call, with what OpenTelemetry's conventions for RPC want to know of it.
  ///
  /// - Parameter peer: the address at the other end.
  func callEnded(_ status: StatusCode, _ message: @autoclosure () -> String, peer: @autoclosure () -> String)
  {
    end(
      status, message(),
      attributes: Self.callAttributes(name, status: status, peer: peer(), kind: kind))
  }

  private static func callAttributes(
    _ path: String, status: StatusCode, peer: String, kind: TraceSpan.Kind
  ) -> [(key: String, value: TraceSpan.Attribute)] {
    let parts = path.split(separator: "/")
    var attributes: [(key: String, value: TraceSpan.Attribute)] = [
      ("rpc.system", .string("grpc")), ("rpc.grpc.status_code", .int(status.rawValue)),
    ]
    if parts.count == 2 {
      attributes.append(("rpc.service", .string(String(parts[0]))))
      attributes.append(("rpc.method", .string(String(parts[1]))))
    }
    if !peer.isEmpty {
      attributes.append((kind == .client ? "server.address" : "client.address", .string(peer)))
    }
    return attributes
  }
}
