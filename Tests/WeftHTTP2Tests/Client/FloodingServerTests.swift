import NIOPosix
import Testing

@testable import WeftHTTP2

/// Servers that send for ever what brings a client nothing.
@Suite struct FloodingServerTests {
  @Test(arguments: [
    Frame(Frame.Kind.windowUpdate, Frame.number(1)),
    Frame(0xbe),
    Frame(Frame.Kind.ping, flags: Frame.ack, [UInt8](repeating: 0, count: 8)),
  ])
  func floodEndsTheConnection(_ frame: Frame) async throws {
    let flood = [[UInt8]](repeating: frame.bytes, count: 5_000).flatMap { $0 }
    let server = try await SilentServer(first: Frame(Frame.Kind.settings).bytes + flood)
    let (closed, reasons) = AsyncStream.makeStream(of: String.self)
    let connection = try await HTTP2ClientConnection.connect(
      to: HTTP2ClientConnection.Target(address: .tcp(host: "127.0.0.1", port: server.port)),
      on: MultiThreadedEventLoopGroup.singleton.any(),
      events: .init(draining: { _ in }, closed: { reasons.yield($0) }, capacityChanged: {}))
    for await _ in closed { break }
    connection.close()
    try await server.close()
  }
}
