import NIOCore
import WeftHTTP2
import WeftRPC

/// Requests that found a route: JSON in, the call, JSON out.
struct TranscodedCalls: Sendable {
  let calls: Calls

  /// Answers a request for a unary method.
  func unary(
    _ route: Route, path: [RequestPath.Segment], _ request: HTTPRequestHead, _ body: HTTPRequestBody,
    requestID: String
  ) async throws -> Answer {
    let options = try CallPlan.options(
      for: request, route: route, requestID: requestID, configuration: calls.configuration)
    return try await calls.bodies.withBody(of: request, body) { content in
      let message = try await self.message(route, path, request, content)
      let response = try await calls.unary(route, message, options)
      return Answer(json: try await calls.json(route, response.message), fields: Calls.fields(of: response))
    }
  }

  /// Answers a request for a method that streams its answers.
  func stream(
    _ route: Route, path: [RequestPath.Segment], _ request: HTTPRequestHead, _ body: HTTPRequestBody,
    to writer: HTTPResponseWriter, fields: HTTPFields, record: inout RequestRecord
  ) async throws {
    guard let format = StreamFormat.negotiate(AcceptHeader(request.fields.values("accept"))) else {
      throw GatewayError.notAcceptable()
    }
    let options = try CallPlan.options(
      for: request, route: route, requestID: record.requestID, configuration: calls.configuration)
    let message = try await calls.bodies.withBody(of: request, body) { content in
      try await self.message(route, path, request, content)
    }
    let answer = StreamedAnswer(writer: writer, format: format, fields: fields)
    do {
      try await pump(route, message, options, into: answer)
      record.status = 200
    } catch {
      // Nobody is left to be told.
      if error is HTTPStreamClosed || Task.isCancelled { throw error }
      let failure = Calls.gatewayError(error, route, requestBytes: message.readableBytes)
      record.failed(failure)
      record.status = try await answer.fail(failure, fields: fields)
    }
    record.messages = answer.messages
    record.bytesOut = answer.bytes
  }

  /// Passes messages on one by one: the next is asked for when the client has taken the last, so that a slow
  /// client slows the service down and nothing piles up between them.
  private func pump(
    _ route: Route, _ message: ByteBuffer, _ options: CallOptions, into answer: StreamedAnswer
  ) async throws {
    let configuration = calls.configuration
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await answer.keepOpen(
          headAfter: configuration.streamHeadDelay, commentEvery: configuration.keepAliveInterval)
      }
      defer { group.cancelAll() }
      for attempt in 1... {
        do {
          try await call(route, message, options, into: answer)
          break
        } catch let error as RPCError where error.code == .unavailable {
          let isUntouched = answer.messages == 0 && route.path.idempotency.allowsRetry
          guard isUntouched, attempt < Self.maxAttempts else { throw error }
          try await Task.sleep(for: .milliseconds(25 << attempt))
        }
      }
      try await answer.finish()
    }
  }

  /// Attempts to begin a stream. Channels try unary calls again themselves; of streams only what uses them knows
  /// whether anything has come of the first attempt.
  private static let maxAttempts = 3

  private func call(
    _ route: Route, _ message: ByteBuffer, _ options: CallOptions, into answer: StreamedAnswer
  ) async throws {
    try await calls.backends.channel(to: route.service).withCall(route.path, options: options) { call in
      do {
        try await call.send(message)
        try await call.finishSending()
      } catch is CallEndedEarly {
        // Why, the next message says.
      }
      while let next = try await call.nextMessage() {
        if answer.messages == 0 {
          let metadata = try await call.initialMetadata()
          answer.add { MetadataForwarding.fields(metadata, prefix: MetadataForwarding.prefix, into: &$0) }
        }
        try await answer.send(try await calls.json(route, next))
      }
    }
  }

  private func message(
    _ route: Route, _ path: [RequestPath.Segment], _ request: HTTPRequestHead, _ content: ByteBuffer
  ) async throws -> ByteBuffer {
    if content.readableBytes > 0 {
      let refusal = ContentType(request.fields["content-type"]).refusal(
        body: content.readableBytesView, fromBrowser: request.fields.contains("origin"))
      if let refusal { throw GatewayError.unsupportedType(refusal) }
    }
    let query = request.query
    return try await calls.transcode(size: content.readableBytes) {
      try route.request(path: path, query: query, content: content)
    }
  }
}
