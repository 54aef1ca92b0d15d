import NIOCore
import NIOPosix
import WeftHTTP2

/// A call made by hand, to see what is on the wire.
final class RawCall: HTTP2StreamHandler, @unchecked Sendable {
  // Sound as `Sendable`: used on the connection's loop only, until the call is over.

  private(set) var head = HTTPFields()
  private(set) var trailers = HTTPFields()
  private(set) var body: [UInt8] = []
  private let done: EventLoopPromise<Void>

  private init(_ loop: any EventLoop) {
    done = loop.makePromise()
  }

  /// The status, wherever it is.
  var status: String? { trailers["grpc-status"] ?? head["grpc-status"] }

  static func make(
    to port: Int, _ path: String, fields: HTTPFields = [:], body: [UInt8]
  ) async throws -> RawCall {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let connection = try await HTTP2ClientConnection.connect(
      to: .init(address: .tcp(host: "127.0.0.1", port: port)), on: loop,
      events: .init(draining: { _ in }, closed: { _ in }, capacityChanged: {}))
    let call = RawCall(loop)
    var all = fields
    all.add("content-type", "application/grpc")
    all.add("te", "trailers")
    let head = HTTP2Head(method: "POST", scheme: "http", authority: "localhost", path: path, fields: all)
    loop.execute {
      guard let stream = connection.openStream(head, handler: call) else {
        return call.done.fail(ChannelError.ioOnClosedChannel)
      }
      stream.send(data: ByteBuffer(bytes: body))
      stream.finish()
    }
    try await call.done.futureResult.get()
    connection.close()
    return call
  }

  func receivedHead(on stream: HTTP2Stream) { head = stream.head.fields }
  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    body.append(contentsOf: data)
    stream.consume(data.count)
  }
  func received(trailers: HTTPFields, on stream: HTTP2Stream) { self.trailers = trailers }
  func receivedEnd(on stream: HTTP2Stream) {}
  func becameWritable(_ stream: HTTP2Stream) {}
  func closed(_ stream: HTTP2Stream, errorCode: UInt32) { done.succeed() }
}
