import NIOCore

/// Sends the answer to one request: a head, any number of parts, an end.
///
/// Every method throws ``HTTPStreamClosed`` once the peer is gone, and ``HTTPWriterMisuse`` when the calls
/// make no valid answer.
public final class HTTPResponseWriter: Sendable {
  private let exchange: LoopBound<HTTPExchange>

  init(exchange: LoopBound<HTTPExchange>) {
    self.exchange = exchange
  }

  /// Sends the status and the header fields.
  public func writeHead(status: Int, fields: HTTPFields = [:]) async throws {
    try await exchange.run { try $0.write(head: status, fields) }
  }

  /// Sends a part of the body, and waits while the peer takes no more.
  public func write(_ part: ByteBuffer) async throws {
    if try await exchange.run({ try $0.write(part) }) {
      try await exchange.waitUntilWritable()
    }
  }

  /// Ends the answer. HTTP/1.1 carries trailers only after a chunked body.
  public func finish(trailers: HTTPFields = [:]) async throws {
    try await exchange.run { try $0.finish(trailers) }
  }

  /// Sends a whole answer with its `content-length`.
  public func respond(status: Int, fields: HTTPFields = [:], body: ByteBuffer) async throws {
    var fields = fields
    if status != 204, status != 304 { fields.set("content-length", String(body.readableBytes)) }
    let all = fields
    try await exchange.run { exchange in
      try exchange.write(head: status, all)
      _ = try exchange.write(body)
      try exchange.finish([:])
    }
  }

  /// The same, but for HEAD only the head of it (RFC 9110, 9.3.2).
  public func respond(
    to request: HTTPRequestHead, status: Int, fields: HTTPFields = [:], body: ByteBuffer
  ) async throws {
    guard request.method == "HEAD" else {
      return try await respond(status: status, fields: fields, body: body)
    }
    var fields = fields
    fields.set("content-length", String(body.readableBytes))
    try await writeHead(status: status, fields: fields)
    try await finish()
  }

  /// Whether a head was sent, after which no other status can be.
  public var headWritten: Bool {
    get async { (try? await exchange.run { $0.headWritten }) ?? true }
  }

  func complete(failed: Bool) {
    exchange.execute { $0.complete(failed: failed) }
  }
}
