import NIOCore
import NIOPosix

/// Speaks HTTP/2 by hand: says SETTINGS, and to the head of a call whatever it is told to.
final class BrokenPeer: Sendable {
  let port: Int
  private let listener: any NIOCore.Channel

  /// - Parameters:
  ///   - greeting: its first bytes.
  ///   - answer: what is sent for the stream with this identifier; nil closes the connection.
  init(
    greeting: [UInt8] = BrokenPeer.frame(4), _ answer: @escaping @Sendable (_ stream: UInt32) -> [UInt8]?
  ) async throws {
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answers(greeting, answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  func close() async {
    try? await listener.close()
  }

  /// A frame (RFC 9113, 4.1).
  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
    [
      UInt8(payload.count >> 16 & 255), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), type,
      flags,
    ]
      + number(stream) + payload
  }

  static func number(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
  }

  /// A whole HEADERS frame, with fields that enter no table.
  static func head(stream: UInt32, _ fields: KeyValuePairs<String, String>) -> [UInt8] {
    let block = fields.flatMap { name, value in
      [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
    }
    return frame(1, flags: 4, stream: stream, block)
  }
}

private final class Answers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let greeting: [UInt8]
  private let answer: @Sendable (UInt32) -> [UInt8]?
  private var unread: [UInt8] = []
  /// Of the client's preface.
  private var skip = 24

  init(_ greeting: [UInt8], _ answer: @escaping @Sendable (UInt32) -> [UInt8]?) {
    self.greeting = greeting
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: greeting)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unread += unwrapInboundIn(data).readableBytesView
    let skipped = min(skip, unread.count)
    unread.removeFirst(skipped)
    skip -= skipped
    while unread.count >= 9 {
      let size = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
      guard unread.count >= 9 + size else { return }
      let (type, stream) = (unread[3], unread[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      unread.removeFirst(9 + size)
      if type == 1 { respond(stream, context) }
    }
  }

  private func respond(_ stream: UInt32, _ context: ChannelHandlerContext) {
    guard let bytes = answer(stream) else { return context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }
}
