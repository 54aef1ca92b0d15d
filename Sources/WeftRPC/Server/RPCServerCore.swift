import Logging
import NIOCore
import WeftHTTP2

/// What every call of a server shares. Decides what becomes of a new stream.
final class RPCServerCore: HTTP2StreamHandlerFactory {
  let configuration: RPCServerConfiguration
  private let tracing: Tracing
  let binaryLog: BinaryLog?
  let recentCalls: RecentCalls
  /// Nanoseconds from which on a unary call is slow.
  let slowCall: UInt64
  /// Bounds the messages that wait, over all connections.
  let requestBudget: ByteBudget
  /// Counts calls that are refused before they are known to be of any method here.
  let refused = MethodMetrics.server(MethodMetrics.other)
  private let entries: [String: RPCRouter.Entry]
  private let vitals: any HTTPResponder
  private let logger: Logger

  init(
    configuration: RPCServerConfiguration, entries: [String: RPCRouter.Entry], vitals: any HTTPResponder,
    logger: Logger
  ) {
    self.configuration = configuration
    tracing = configuration.tracing
    requestBudget = ByteBudget(limit: configuration.maxBufferedBytes)
    binaryLog = configuration.binaryLog
    recentCalls = configuration.recentCalls
    slowCall = UInt64(clamping: TimeAmount(configuration.slowCall).nanoseconds)
    self.entries = entries
    self.vitals = vitals
    self.logger = logger
  }

  func makeHandler(
    for stream: HTTP2Stream, on connection: HTTP2ConnectionContext
  ) -> (any HTTP2StreamHandler)? {
    // Before the decision: a policy that comes meanwhile must make it anew.
    let policyVersion = configuration.authorizer?.version ?? 0
    if let memo = connection.lastCall as? CallMemo, memo.isFor(stream), memo.policyVersion == policyVersion {
      return serve(
        memo.entry, stream, connection, timeout: nil, span: tracing.serverSpan(memo.entry.method.path),
        isCompressed: false, claims: nil)
    }
    let fields = CallFields(stream.head.fields)
    guard let contentType = fields.contentType, GRPCFields.isGRPC(contentType) else {
      return httpExchangeHandler(for: stream, on: connection, responder: vitals)
    }
    do {
      let entry = try admit(fields, stream, connection)
      let admission = try configuration.authorizer?.admit(
        entry.method.path, connection.peer, stream.head.fields)
      let isCompressed = fields.isCompressed || configuration.compression != .identity
      if fields.timeout == nil, fields.traceparent == nil, !isCompressed,
        admission?.holdsForTheSameFields ?? true
      {
        connection.lastCall = CallMemo(
          entry: entry, fieldsVersion: stream.head.fieldsVersion, policyVersion: policyVersion)
      }
      let span = tracing.serverSpan(
        entry.method.path, traceparent: fields.traceparent, tracestate: fields.tracestate)
      return serve(
        entry, stream, connection, timeout: try timeout(fields.timeout), span: span,
        isCompressed: isCompressed,
        claims: admission?.claims)
    } catch {
      connection.record.calls.failed &+= 1
      return RefusedCall(Refusal(RPCError(handlerError: error)), metrics: refused)
    }
  }

  /// Serves a call that may pass, when there is a place for it.
  @inline(__always)
  private func serve(
    _ entry: RPCRouter.Entry, _ stream: HTTP2Stream, _ connection: HTTP2ConnectionContext,
    timeout: Duration?, span: CallSpan?, isCompressed: Bool, claims: TokenClaims?
  ) -> any HTTP2StreamHandler {
    if let refusal = entry.limits?.acquire() {
      connection.record.calls.failed &+= 1
      return RefusedCall(refusal, metrics: entry.metrics)
    }
    let call = ServerCall(
      entry: entry, core: self, stream: stream, connection: connection, timeout: timeout, span: span,
      isCompressed: isCompressed)
    if entry.limits != nil { call.place = .waiting }
    if let claims { ServerContext(call: call)[TokenClaims.InContext.self] = claims }
    return call
  }

  private func admit(
    _ fields: CallFields, _ stream: HTTP2Stream, _ connection: HTTP2ConnectionContext
  ) throws -> RPCRouter.Entry {
    if stream.headersTooLarge {
      throw RPCError(
        .resourceExhausted,
        "the metadata is larger than \(configuration.http.maxHeaderBytes) bytes or \(configuration.http.maxHeaderCount) fields"
      )
    }
    if !connection.peer.isTLS, !configuration.insecure, !connection.peer.isInProcess {
      throw RPCError(.unauthenticated, "calls are served over mutual TLS only; this connection is plain text")
    }
    guard stream.head.method == "POST" else {
      throw RPCError(.internalError, "a call is a POST, not a \(stream.head.method.prefix(16))")
    }
    if let encoding = fields.encoding, MessageEncoding(rawValue: encoding) == nil {
      throw RPCError(
        .unimplemented,
        "the encoding \"\(encoding.prefix(32))\" is not known here; known are \(MessageEncoding.accepted)")
    }
    let path = stream.head.path
    guard let entry = entries[path] else {
      throw RPCError(.unimplemented, "there is no method \(path.prefix(256)) here")
    }
    return entry
  }

  private func timeout(_ text: String?) throws -> Duration? {
    guard let text else { return nil }
    guard let timeout = GRPCTimeout.parse(text) else {
      throw RPCError(.internalError, "grpc-timeout \"\(text.prefix(32))\" is no timeout")
    }
    return timeout
  }

  /// A handler threw what was not meant for the caller.
  func report(_ error: any Error, in call: ServerCall) {
    var metadata: Logger.Metadata = [
      "method": "\(call.entry.method.path)", "request_id": "\(call.requestID)", "error": "\(error)",
    ]
    if let trace = call.scope.trace { metadata["trace_id"] = "\(trace.traceID)" }
    logger.error("handler failed", metadata: metadata)
  }
}

/// What the last call without a deadline or compression on a connection was for. One with the same fields is
/// not looked at again.
private final class CallMemo {
  let entry: RPCRouter.Entry
  private let fieldsVersion: Int
  /// Of the policy that let it pass.
  let policyVersion: Int

  init(entry: RPCRouter.Entry, fieldsVersion: Int, policyVersion: Int) {
    self.entry = entry
    self.fieldsVersion = fieldsVersion
    self.policyVersion = policyVersion
  }

  func isFor(_ stream: HTTP2Stream) -> Bool {
    stream.head.fieldsVersion == fieldsVersion && stream.head.path == entry.method.path
      && stream.head.method == "POST" && !stream.headersTooLarge
  }
}

/// The header fields that decide how a call is served, found in one pass.
private struct CallFields {
  var contentType: String?
  var encoding: String?
  var timeout: String?
  var traceparent: String?
  var tracestate: String?

  var isCompressed: Bool { encoding.map { $0 != MessageEncoding.identity.rawValue } ?? false }

  init(_ fields: HTTPFields) {
    for field in fields {
      switch field.name {
      case "content-type": contentType = contentType ?? field.value
      case "grpc-encoding": encoding = encoding ?? field.value
      case "grpc-timeout": timeout = timeout ?? field.value
      case TraceContext.parentField: traceparent = traceparent ?? field.value
      // Several are one list (RFC 9110, 5.3).
      case TraceContext.stateField: tracestate = tracestate.map { $0 + "," + field.value } ?? field.value
      default: break
      }
    }
  }
}

/// A call that is answered with an error before a handler was found.
final class RefusedCall: HTTP2StreamHandler {
  private let refusal: Refusal
  private let metrics: MethodMetrics

  init(_ refusal: Refusal, metrics: MethodMetrics) {
    self.refusal = refusal
    self.metrics = metrics
  }

  func receivedHead(on stream: HTTP2Stream) {
    metrics.started()
    metrics.ended(refusal.error.code, since: .now())
    stream.send(head: 200, fields: refusal.fields, endStream: true)
    if !stream.receivedEnd { stream.reset(afterOutput: HTTP2ErrorCode.noError) }
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) { stream.consume(data.count) }
  func received(trailers: HTTPFields, on stream: HTTP2Stream) {}
  func receivedEnd(on stream: HTTP2Stream) {}
  func becameWritable(_ stream: HTTP2Stream) {}
  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {}
}
