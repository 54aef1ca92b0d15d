import NIOCore
import NIOEmbedded
import Testing
import WeftRPC

@testable import WeftDNS

@Suite("DNS over TCP")
struct DNSStreamHandlerTests {
  private func connect(
    _ limits: DNSServerLimits = DNSServerLimits(), instances: Int = 1
  ) throws -> EmbeddedChannel {
    let asker = try Asker(services: ["web": DNSInstance.many(instances)])
    let handler = DNSStreamHandler(
      responder: asker.responder, limits: limits, metrics: DNSMetrics(MetricsRegistry()))
    let channel = EmbeddedChannel(handler: handler)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private func framed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  /// Ids of the answers so far.
  private func answers(_ channel: EmbeddedChannel) throws -> [UInt16] {
    var ids: [UInt16] = []
    while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
      if buffer.readableBytes == 0 { continue }
      let length = buffer.readInteger(as: UInt16.self) ?? 0
      #expect(buffer.readableBytes == Int(length))
      ids.append(try DNSMessage(Array(buffer: buffer)).header.id)
    }
    return ids
  }

  @Test("answers many queries of one read in their order")
  func pipelining() throws {
    let channel = try connect()
    let queries = (0..<5).flatMap { framed(Asker.query("web.service.consul", .a, id: $0)) }
    try channel.writeInbound(ByteBuffer(bytes: queries))
    #expect(try answers(channel) == [0, 1, 2, 3, 4])
    _ = try channel.finish()
  }

  @Test("answers a query that comes byte by byte")
  func bytewise() throws {
    let channel = try connect()
    for byte in framed(Asker.query("web.service.consul", .a, id: 9)) {
      #expect(try answers(channel).isEmpty)
      try channel.writeInbound(ByteBuffer(bytes: [byte]))
    }
    #expect(try answers(channel) == [9])
    _ = try channel.finish()
  }

  @Test("closes on a length that no query has", arguments: [0, 11, 4_097, 65_535])
  func badLength(length: Int) throws {
    let channel = try connect()
    try channel.writeInbound(ByteBuffer(bytes: [UInt8(length >> 8), UInt8(length & 0xFF)]))
    channel.embeddedEventLoop.run()
    #expect(!channel.isActive)
  }

  @Test("closes on a message that is no query, after the answers before it")
  func noQuery() throws {
    let channel = try connect()
    var answer = Asker.query("web.service.consul", .a)
    answer[2] |= 0x80
    let bytes = framed(Asker.query("web.service.consul", .a, id: 3)) + framed(answer)
    try channel.writeInbound(ByteBuffer(bytes: bytes))
    #expect(try answers(channel) == [3])
    channel.embeddedEventLoop.run()
    #expect(!channel.isActive)
  }

  @Test("closes when no whole query comes in time, whatever bytes come")
  func idle() throws {
    let channel = try connect()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    try channel.writeInbound(ByteBuffer(bytes: framed(Asker.query("web.service.consul", .a))))
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    try channel.writeInbound(ByteBuffer(bytes: [0, 40, 1, 2]))
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test("answers what came before the client closed its side, then closes")
  func halfClosed() throws {
    let channel = try connect()
    let query = framed(Asker.query("web.service.consul", .a, id: 4))
    try channel.writeInbound(ByteBuffer(bytes: query + [0, 40]))
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    channel.embeddedEventLoop.run()
    #expect(try answers(channel) == [4])
    #expect(!channel.isActive)
  }
}
