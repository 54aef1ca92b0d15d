import NIOCore
import NIOPosix

/// Says what it was told to say first, and nothing after that.
final class SilentServer: Sendable {
  let port: Int
  private let channel: any Channel

  init(first: [UInt8]) async throws {
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.writeAndFlush(ByteBuffer(bytes: first), promise: nil)
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    self.port = port
  }

  func close() async throws {
    try await channel.close()
  }
}
