import NIOCore
import WeftHTTP2
import WeftRPC

/// The unified envelope: one door to every registered service.
///
/// `service_type` is the name of a service in the registry and `action` names one of its methods, so a new service
/// needs nothing here.
struct EnvelopeHandler: Sendable {
  static let path = "/api/v1/ai"
  /// The metadata that carries the envelope's `context`, a JSON object, to the service.
  static let contextKey = "x-weft-context-bin"

  let calls: Calls
  let routes: CurrentRoutes

  func answer(
    _ request: HTTPRequestHead, _ body: HTTPRequestBody, _ record: inout RequestRecord
  ) async throws -> Answer {
    guard request.method == "POST" else {
      throw GatewayError.wrongMethod(request.method, Self.path, allowed: ["POST"])
    }
    let start = ContinuousClock.now
    var outcome: EnvelopeAnswer.Outcome
    var fields = HTTPFields()
    do {
      var progress = record
      defer { record = progress }
      let response = try await call(request, body, &progress)
      fields = Calls.fields(of: response.response)
      let warning = response.route.method.isDeprecated ? "this action is deprecated" : nil
      outcome = .success(json: response.json, warning: warning)
    } catch let error as GatewayError {
      record.failed(error)
      outcome = .failure(error)
    }
    return EnvelopeAnswer(outcome: outcome, record: record, duration: ContinuousClock.now - start)
      .answer(fields: fields)
  }

  private func call(
    _ request: HTTPRequestHead, _ body: HTTPRequestBody, _ record: inout RequestRecord
  ) async throws -> (route: Route, response: UnaryResponse, json: [UInt8]) {
    try await calls.bodies.withBody(of: request, body) { content in
      try await call(request, content, &record)
    }
  }

  private func call(
    _ request: HTTPRequestHead, _ content: ByteBuffer, _ record: inout RequestRecord
  ) async throws -> (route: Route, response: UnaryResponse, json: [UInt8]) {
    let envelope = try await read(request, content)
    if let requestID = envelope.requestID { record.requestID = requestID }
    let route = try route(envelope)
    record.found(route)
    if route.method.isClientStreaming || route.method.isServerStreaming {
      throw GatewayError(
        .unimplemented, "\(route.method.fullName) streams, which the envelope cannot: use its own route")
    }
    var options = try CallPlan.options(
      for: request, route: route, requestID: record.requestID, configuration: calls.configuration)
    if let context = envelope.context { options.metadata.addBinary(context, for: Self.contextKey) }
    let message = try await calls.transcode(size: content.readableBytes) {
      try route.request(json: envelope.data, source: "data")
    }
    let response = try await calls.unary(route, message, options)
    return (route, response, try await calls.json(route, response.message))
  }

  private func read(
    _ request: HTTPRequestHead, _ content: ByteBuffer
  ) async throws -> EnvelopeRequest {
    let refusal = ContentType(request.fields["content-type"]).refusal(
      body: content.readableBytesView, fromBrowser: request.fields.contains("origin"))
    if let refusal { throw GatewayError.unsupportedType(refusal) }
    let limit = calls.configuration.maxContextBytes
    return try await calls.transcode(size: content.readableBytes) {
      try EnvelopeRequest(content, maxContextBytes: limit)
    }
  }

  private func route(_ envelope: EnvelopeRequest) throws(GatewayError) -> Route {
    let table = routes.table
    let service = envelope.serviceType
    guard let actions = table.actions(of: service) else {
      if table.quarantine(of: service) != nil {
        throw GatewayError(
          .unavailable,
          "service \"\(service)\" is registered, but its types cannot be used: see /debug/routes")
      }
      guard routes.isReady else { throw .starting }
      throw GatewayError(
        .notFound,
        "service_type: no service \"\(service)\"; there are \(table.serviceNames.joined(separator: ", "))")
    }
    switch actions.lookup(envelope.action) {
    case .route(let route):
      return route
    case .ambiguous(let methods):
      throw .badValue(
        field: "action", reason: "\"\(envelope.action)\" may be any of \(methods.joined(separator: ", "))",
        in: EnvelopeRequest.source)
    case .unknown:
      throw GatewayError(
        .notFound,
        "action: service \"\(service)\" has no \"\(envelope.action)\"; it has \(actions.names.joined(separator: ", "))"
      )
    }
  }
}
