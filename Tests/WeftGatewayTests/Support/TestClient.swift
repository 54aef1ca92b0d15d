import NIOCore
import NIOHTTP1
import NIOPosix

/// A plain HTTP/1.1 client that sends exactly what it is told.
struct TestClient: Sendable {
  struct Response: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: String
  }

  let port: Int

  func get(_ target: String, headers: HTTPHeaders = [:]) async throws -> Response {
    try await send("GET", target, headers: headers)
  }

  func post(_ target: String, _ body: String, headers: HTTPHeaders = [:]) async throws -> Response {
    try await send("POST", target, headers: headers, body: body)
  }

  /// Sends a request on a connection of its own and reads the whole answer.
  func send(
    _ method: String, _ target: String, headers: HTTPHeaders = [:], body: String? = nil
  ) async throws -> Response {
    try await open(method, target, headers: headers, body: body) { head, parts in
      var body = ByteBuffer()
      while var part = try await parts() { body.writeBuffer(&part) }
      return Response(status: Int(head.status.code), headers: head.headers, body: String(buffer: body))
    }
  }

  /// Sends a request and hands over the answer's head and its parts as they come. The connection is closed when
  /// `use` returns.
  func open<R: Sendable>(
    _ method: String, _ target: String, headers: HTTPHeaders = [:], body: String? = nil,
    _ use: (HTTPResponseHead, () async throws -> ByteBuffer?) async throws -> R
  ) async throws -> R {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      // What a client does not read must not all fit into its socket.
      .channelOption(.socketOption(.so_rcvbuf), value: 64 << 10)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>(
            wrappingChannelSynchronously: channel.wrappingByteBuffers())
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var head = HTTPRequestHead(
        version: .http1_1, method: .RAW(value: method), uri: target, headers: headers)
      head.headers.replaceOrAdd(name: "host", value: "localhost")
      if let body { head.headers.replaceOrAdd(name: "content-length", value: String(body.utf8.count)) }
      try await outbound.write(.head(head))
      if let body { try await outbound.write(.body(ByteBuffer(string: body))) }
      try await outbound.write(.end(nil))
      var parts = inbound.makeAsyncIterator()
      guard case .head(let answer)? = try await parts.next() else { throw ChannelError.eof }
      return try await use(answer) {
        guard case .body(let part)? = try await parts.next() else { return nil }
        return part
      }
    }
  }

  /// Sends bytes as they are and reads until the server closes the connection or `enough` says so.
  func raw(_ text: String, until enough: (String) -> Bool = { _ in false }) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: text))
      var received = ""
      for try await part in inbound {
        received += String(buffer: part)
        if enough(received) { break }
      }
      return received
    }
  }
}

extension Channel {
  /// The client handlers take `IOData`; requests here are made of `ByteBuffer`s.
  fileprivate func wrappingByteBuffers() throws -> any Channel {
    try pipeline.syncOperations.addHandler(ByteBufferBodies())
    return self
  }
}

private final class ByteBufferBodies: ChannelOutboundHandler {
  typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
  typealias OutboundOut = HTTPClientRequestPart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPClientRequestPart =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let body): .body(.byteBuffer(body))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
