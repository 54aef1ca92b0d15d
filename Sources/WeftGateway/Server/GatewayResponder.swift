import Logging
import NIOCore
import WeftHTTP2
import WeftRPC

/// Answers every request that reaches the gateway.
final class GatewayResponder: HTTPResponder {
  private let configuration: GatewayConfiguration
  private let routes: CurrentRoutes
  private let vitals: Vitals
  private let transcoded: TranscodedCalls
  private let envelope: EnvelopeHandler
  private let metrics: GatewayMetrics
  private let log: AccessLog
  private let answers: AnswerWriter

  init(
    configuration: GatewayConfiguration, routes: CurrentRoutes, backends: Backends, metrics: GatewayMetrics,
    logger: Logger
  ) {
    self.configuration = configuration
    self.routes = routes
    let bodies = BodyReader(
      limit: configuration.maxBodyBytes, timeout: configuration.bodyTimeout,
      budget: BodyBudget(limit: configuration.maxBodyBytesInFlight))
    let calls = Calls(configuration: configuration, backends: backends, bodies: bodies)
    vitals = Vitals(configuration: configuration, routes: routes)
    transcoded = TranscodedCalls(calls: calls)
    envelope = EnvelopeHandler(calls: calls, routes: routes)
    self.metrics = metrics
    answers = AnswerWriter(
      budget: BodyBudget(limit: configuration.maxAnswerBytesInFlight),
      stallTimeout: configuration.stallTimeout)
    log = AccessLog(logger: logger, isEnabled: configuration.accessLog)
  }

  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    let span = configuration.tracing.requestSpan(
      "HTTP \(request.method)", traceparent: request.fields[TraceContext.parentField],
      tracestate: request.fields[TraceContext.stateField])
    guard let span else { return try await respond(to: request, body: body, writer: writer, span: nil) }
    try await CallScope.$current.withValue(CallScope(deadline: nil, span: span)) {
      try await respond(to: request, body: body, writer: writer, span: span)
    }
  }

  private func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter, span: CallSpan?
  ) async throws {
    let start = ContinuousClock.now
    let request = request.inOriginForm
    var record = RequestRecord(requestID: RequestID.accept(request.fields["x-request-id"]))
    defer { Self.end(span, request, record) }
    let path = request.path
    metrics.began()
    do {
      if let answer = try await answer(request, path, body, writer, &record) {
        var whole = answer
        addFields(of: record, to: &whole.fields)
        let written = try await answers.write(whole, to: writer)
        record.status = written.status
        record.bytesOut = written.body.readableBytes
      }
      ended(request, path, record, start)
    } catch {
      // The client went away, or stopped its request: 499 is what other gateways log then.
      record.status = 499
      record.code = .cancelled
      record.failure = record.failure ?? "the client went away"
      ended(request, path, record, start)
      throw error
    }
  }

  /// - Returns: nil when the answer was streamed.
  private func answer(
    _ request: HTTPRequestHead, _ path: String, _ body: HTTPRequestBody, _ writer: HTTPResponseWriter,
    _ record: inout RequestRecord
  ) async throws -> Answer? {
    do {
      if let answer = try await vitals.answer(to: request, path: path) { return answer }
      if path == EnvelopeHandler.path { return try await envelope.answer(request, body, &record) }
      switch try route(request, path) {
      case .methods(let allowed):
        var answer = Answer(
          status: 204, json: [], fields: ["allow": allowed.sorted().joined(separator: ", ")])
        answer.fields.remove("content-type")
        return answer
      case .route(let route, let segments):
        record.found(route)
        if route.method.isClientStreaming { throw GatewayError.clientStreaming(route.method.fullName) }
        guard route.method.isServerStreaming else {
          return try await transcoded.unary(route, path: segments, request, body, requestID: record.requestID)
        }
        var fields = HTTPFields()
        addFields(of: record, to: &fields)
        try await transcoded.stream(
          route, path: segments, request, body, to: writer, fields: fields, record: &record)
        return nil
      }
    } catch let error as GatewayError {
      if Task.isCancelled { throw CancellationError() }
      record.failed(error)
      return Answer(error)
    }
  }

  private enum Target {
    case route(Route, [RequestPath.Segment])
    /// `OPTIONS`: the methods that the path has.
    case methods([String])
  }

  private func route(_ request: HTTPRequestHead, _ path: String) throws(GatewayError) -> Target {
    let parsed: RequestPath
    do {
      parsed = try RequestPath(path)
    } catch {
      throw GatewayError(.invalidArgument, error.reason)
    }
    let table = routes.table
    switch table.match(parsed, method: request.method) {
    case .found(let route, let segments):
      return .route(route, segments)
    case .otherMethods(let allowed):
      if request.method == "OPTIONS" { return .methods(allowed) }
      // HEAD is GET without the body, which the server leaves out (RFC 9110, section 9.3.2).
      if request.method == "HEAD", case .found(let route, let segments) = table.match(parsed, method: "GET"),
        !route.method.isServerStreaming
      {
        return .route(route, segments)
      }
      throw .wrongMethod(request.method, path, allowed: allowed)
    case .none:
      throw routes.isReady ? .noRoute(request.method, path) : .starting
    }
  }

  private func addFields(of record: RequestRecord, to fields: inout HTTPFields) {
    fields.add("x-request-id", record.requestID)
    fields.add("x-service-name", record.service ?? configuration.serviceName)
  }

  private static func end(_ span: CallSpan?, _ request: HTTPRequestHead, _ record: RequestRecord) {
    span?.end(
      record.code, record.failure ?? "",
      attributes: [
        ("http.request.method", .string(request.method)), ("url.path", .string(request.path)),
        ("http.response.status_code", .int(record.status)),
        ("weft.method", .string(record.method ?? "")),
        ("client.address", .string(request.peer.remoteAddress)),
      ])
  }

  /// Keeps a request for `/debug` that was slow, or that failed through no fault of its client.
  private func remember(_ request: HTTPRequestHead, _ record: RequestRecord, _ duration: Duration) {
    // A stream is as long as its client likes.
    let isSlow = duration >= configuration.slowRequest && record.messages == nil
    let isFailed = record.status >= 500
    guard isSlow || isFailed else { return }
    let entry = RecentCalls.Entry(
      method: "/\(request.method) \(request.path.prefix(200))", status: record.code,
      message: record.failure ?? "", nanoseconds: UInt64(max(duration / .nanoseconds(1), 0)),
      peer: request.peer.remoteAddress, requestID: record.requestID, trace: CallScope.current?.trace)
    if isSlow { configuration.recentCalls.add(slow: entry) }
    if isFailed { configuration.recentCalls.add(failed: entry) }
  }

  private func ended(
    _ request: HTTPRequestHead, _ path: String, _ record: RequestRecord, _ start: ContinuousClock.Instant
  ) {
    let duration = ContinuousClock.now - start
    metrics.ended(record, duration: duration)
    remember(request, record, duration)
    log.write(request, path: path, record, duration: duration)
  }
}

extension HTTPRequestHead {
  /// A request for `http://host/path`, as proxies send it, as one for `/path` (RFC 9112, section 3.2.2).
  fileprivate var inOriginForm: HTTPRequestHead {
    guard target.utf8.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") else {
      return self
    }
    let rest = target[scheme.upperBound...]
    var request = self
    let start = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    request.target = (rest[start...].hasPrefix("/") ? "" : "/") + rest[start...]
    return request
  }
}
