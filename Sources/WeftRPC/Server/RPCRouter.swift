import NIOCore
import WeftHTTP2
import WeftProtobuf

/// The methods that a server answers.
public struct RPCRouter: Sendable {
  /// Decodes a request, whose bytes may end with the call, and gives what makes the reply and sends it.
  @usableFromInline
  typealias UnaryHandler = @Sendable (UnsafeRawBufferPointer) throws -> UnaryReply
  @usableFromInline
  typealias UnaryReply = nonisolated(nonsending) @Sendable (ServerContext) async throws -> Void
  /// Serves a unary method where it is called: it does not first ask which executor it is on.
  public typealias UnaryMethod<Request, Response> =
    nonisolated(nonsending) @Sendable (Request, ServerContext) async throws -> Response
  @usableFromInline
  typealias StreamHandler =
    @Sendable (InboundQueue<ReceivedMessage>, RawResponseWriter, ServerContext) async throws -> Void

  @usableFromInline
  enum Handler: Sendable {
    case unary(UnaryHandler)
    case streaming(StreamHandler)
  }

  /// One method and what serves it.
  final class Entry: Sendable {
    let method: MethodPath
    let handler: Handler
    /// Where the handler runs; nil for the connection's event loop.
    let executor: (any TaskExecutor)?
    let limits: CallLimits.OfMethod?
    /// Those around this method, the outermost first.
    let interceptors: [any ServerInterceptor]
    /// For the watch over the loops.
    let label: LoopLabel
    let metrics: MethodMetrics

    init(
      _ method: MethodPath, _ handler: Handler, _ execution: HandlerExecution,
      _ limits: CallLimits.OfMethod?, _ interceptors: [any ServerInterceptor]
    ) {
      self.method = method
      self.handler = handler
      self.limits = limits
      self.interceptors = interceptors
      executor = execution.executor
      label = LoopLabel(method.path)
      metrics = MethodMetrics.server(method.path)
    }
  }

  private(set) var entries: [String: Entry] = [:]
  /// Where the handlers of methods that are added from now on run, where that was not asked of their service.
  public var execution = HandlerExecution.eventLoop
  /// Asked where each method of the service that is being added runs.
  private var executionOf: (@Sendable (String) -> HandlerExecution)?
  private var limits: CallLimits?
  private let interceptors: [any ServerInterceptor]

  public init() {
    self.init(interceptors: [])
  }

  init(interceptors: [any ServerInterceptor]) {
    self.interceptors = interceptors
  }

  /// Adds a service's methods, within `limits`.
  mutating func add(_ service: any RPCService, limits: CallLimits?) {
    executionOf = { service.execution(of: $0) }
    self.limits = limits
    service.register(in: &self)
    executionOf = nil
    self.limits = nil
  }

  @usableFromInline
  mutating func add(_ method: MethodPath, _ handler: Handler) {
    var chosen = execution
    // What a service sets itself while it is being added wins.
    if case .eventLoop = chosen, let executionOf {
      let name = method.path.lastIndex(of: "/").map { method.path[method.path.index(after: $0)...] }
      chosen = executionOf(String(name ?? method.path[...]))
    }
    entries[method.path] = Entry(
      method, handler, chosen, limits?.limits(of: method), interceptors.covering(method.path))
  }

  /// Serves a method with one message each way.
  @inlinable
  public mutating func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>,
    handler: @escaping UnaryMethod<Request, Response>
  ) {
    add(
      method.untyped,
      .unary { bytes in
        let request = try Request(received: bytes)
        return { context in try context.reply(try await handler(request, context)) }
      })
  }

  public mutating func serverStreaming<Request, Response>(
    _ method: RPCMethod<Request, Response>,
    handler: @escaping @Sendable (Request, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) {
    add(
      method.untyped,
      .streaming { requests, writer, context in
        let request = try Request(received: try await requests.only())
        try await handler(request, ResponseWriter(raw: writer), context)
      })
  }

  public mutating func clientStreaming<Request, Response>(
    _ method: RPCMethod<Request, Response>,
    handler: @escaping @Sendable (RequestStream<Request>, ServerContext) async throws -> Response
  ) {
    add(
      method.untyped,
      .streaming { requests, writer, context in
        let response = try await handler(RequestStream(queue: requests), context)
        try await writer.write(framed: response.framed())
      })
  }

  public mutating func bidirectional<Request, Response>(
    _ method: RPCMethod<Request, Response>,
    handler:
      @escaping @Sendable (RequestStream<Request>, ResponseWriter<Response>, ServerContext) async throws ->
      Void
  ) {
    add(
      method.untyped,
      .streaming { requests, writer, context in
        try await handler(RequestStream(queue: requests), ResponseWriter(raw: writer), context)
      })
  }

  /// Serves a unary method whose messages stay bytes.
  public mutating func rawUnary(
    _ method: MethodPath, handler: @escaping @Sendable (ByteBuffer, ServerContext) async throws -> ByteBuffer
  ) {
    add(
      method,
      .unary { bytes in
        let request = ByteBuffer(bytes: bytes)
        return { context in
          context.reply(framed: ByteBuffer(framing: try await handler(request, context)))
        }
      })
  }

  /// Serves a method of any kind whose messages stay bytes.
  public mutating func rawStreaming(
    _ method: MethodPath,
    handler: @escaping @Sendable (RawRequestStream, RawResponseWriter, ServerContext) async throws -> Void
  ) {
    add(method, .streaming { try await handler(RawRequestStream(queue: $0), $1, $2) })
  }
}

extension Message {
  /// Decodes what a peer sent.
  init(received bytes: ByteBuffer) throws {
    self = try bytes.withUnsafeReadableBytes { try Self(received: $0) }
  }

  /// Decodes what a peer sent. Inlined, like all that a typed call goes through, so that it is compiled for
  /// the handler's own types.
  @inlinable
  init(received bytes: UnsafeRawBufferPointer) throws {
    do {
      self = try Self(serialized: bytes)
    } catch {
      throw RPCError.invalidMessage(Self.fullName, error)
    }
  }

  func framed() throws -> ByteBuffer {
    do {
      return try serialize { ByteBuffer(grpcMessage: $0) }
    } catch {
      throw RPCError.unsendableMessage(Self.fullName, error)
    }
  }
}

extension RPCError {
  @usableFromInline
  static func invalidMessage(_ type: String, _ error: any Error) -> RPCError {
    if let error = error as? WeftProtobuf.DecodingError, error.reason == .tooMuchMemory {
      return RPCError(.resourceExhausted, "a message is too large once it is decoded: \(error)")
    }
    return RPCError(.internalError, "a message is no valid \(type): \(error)")
  }

  @usableFromInline
  static func unsendableMessage(_ type: String, _ error: any Error) -> RPCError {
    RPCError(.internalError, "a \(type) cannot be sent: \(error)")
  }
}

extension InboundQueue<ReceivedMessage> {
  /// The one message of a stream that must have exactly one.
  func only() async throws -> ByteBuffer {
    guard let message = try await next() else {
      throw RPCError(.internalError, "the caller sent no message")
    }
    if try await next() != nil { throw RPCError(.internalError, "the caller sent more than one message") }
    return try message.unpacked()
  }
}
