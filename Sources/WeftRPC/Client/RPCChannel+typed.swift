import NIOCore
import WeftProtobuf

extension RPCChannel {
  public nonisolated(nonsending) func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    try await unary(method, request, options: CallOptions())
  }

  public nonisolated(nonsending) func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>, _ request: Request, options: CallOptions
  ) async throws -> Response {
    let reply = try await unary(method.untyped, request.unframed(), options: options)
    return try Response(received: reply.message)
  }

  public func serverStreaming<Request, Response, Result>(
    _ method: RPCMethod<Request, Response>, _ request: Request, options: CallOptions = CallOptions(),
    _ body: (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    let message = try request.unframed()
    return try await withCall(method.untyped, options: options) { call in
      do {
        try await call.send(message)
        try await call.finishSending()
      } catch is CallEndedEarly {
        // The server has answered without reading all; its answer follows.
      }
      return try await body(ResponseStream(call: call))
    }
  }

  public func clientStreaming<Request, Response>(
    _ method: RPCMethod<Request, Response>, options: CallOptions = CallOptions(),
    _ body: (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    try await withCall(method.untyped, options: options) { call in
      do {
        try await body(RequestWriter(call: call))
        try await call.finishSending()
      } catch is CallEndedEarly {
        // The server has answered without reading all; its answer follows.
      }
      guard let message = try await call.nextMessage() else {
        throw RPCError(.internalError, "the server sent no message")
      }
      if try await call.nextMessage() != nil {
        throw RPCError(.internalError, "the server sent more than one message")
      }
      return try Response(received: message)
    }
  }

  public func bidirectional<Request, Response, Result>(
    _ method: RPCMethod<Request, Response>, options: CallOptions = CallOptions(),
    _ body: (RequestWriter<Request>, ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    try await withCall(method.untyped, options: options) { call in
      do {
        return try await body(RequestWriter(call: call), ResponseStream(call: call))
      } catch let early as CallEndedEarly {
        // How the call ended says more than that it did.
        while try await call.nextReceived() != nil {}
        throw early
      }
    }
  }
}

extension Message {
  func unframed() throws -> ByteBuffer {
    do {
      return try serialize { ByteBuffer(bytes: $0) }
    } catch {
      throw RPCError(.internalError, "a \(Self.fullName) cannot be sent: \(error)")
    }
  }
}

/// The messages that a server streams, in order. One reader. Ends when the status is OK, throws otherwise.
public struct ResponseStream<Response: Message>: AsyncSequence, Sendable {
  public typealias Element = Response

  public let call: ClientCall

  public struct AsyncIterator: AsyncIteratorProtocol {
    let call: ClientCall

    public mutating func next() async throws -> Response? {
      try await call.nextMessage().map { try Response(received: $0) }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(call: call) }

  /// The metadata in front of the first message.
  public var metadata: Metadata {
    get async throws { try await call.initialMetadata() }
  }

  /// The metadata behind the last message. Empty until the stream has ended.
  public var trailers: Metadata { call.trailers }
}

/// Sends the messages that a client streams.
public struct RequestWriter<Request: Message>: Sendable {
  let call: ClientCall

  /// Sends one message, and waits while the server takes no more.
  ///
  /// - Parameter compress: false sends this message as it is in a call that compresses.
  /// - Throws: ``CallEndedEarly`` once the server has answered without waiting for more.
  public func write(_ message: Request, compress: Bool = true) async throws {
    try await call.send(message.unframed(), compress: compress)
  }

  /// Says that no more messages follow.
  public func finish() async throws {
    try await call.finishSending()
  }
}
