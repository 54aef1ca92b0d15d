import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WeftHTTP2

/// Keepalive over sockets, both ways.
@Suite struct KeepaliveConnectionTests {
  private let ping = Frame(Frame.Kind.ping, [UInt8](repeating: 7, count: 8))

  @Test func serverPingsASilentClientAndClosesWithoutAnAnswer() async throws {
    let keepalive = KeepaliveOptions(
      time: .milliseconds(40), timeout: .milliseconds(60), permitWithoutCalls: true)
    try await withHTTPServer(configure: { $0.keepalive = keepalive }, echo) { _, port in
      let client = try await RawClient.connect(port: port, first: Frame.opening)
      let frames = Frame.parse(await client.rest())
      #expect(frames.of(Frame.Kind.ping).contains { $0.flags & Frame.ack == 0 })
    }
  }

  @Test func clientThatPingsTooOftenIsSentAway() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port, first: Frame.opening)
      for _ in 0..<4 { client.push(ping.bytes) }
      let frames = Frame.parse(await client.rest())
      let goAway = try #require(frames.of(Frame.Kind.goAway).last)
      #expect(goAway.errorCode == HTTP2ErrorCode.enhanceYourCalm)
      #expect(String(decoding: goAway.payload.dropFirst(8), as: UTF8.self) == "too_many_pings")
    }
  }

  @Test func clientMayPingAfterEveryAnswer() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port, first: Frame.opening)
      for index in 0..<20 {
        try await client.send(Frame.request(stream: UInt32(index * 2 + 1)))
        let frames = try await client.receive { bytes in
          Frame.parse(bytes).contains { $0.type <= Frame.Kind.headers && $0.flags & Frame.endStream != 0 }
        }
        #expect(Frame.parse(frames).goAway == nil)
        try await client.send(ping.bytes)
      }
      client.close()
    }
  }

  @Test func clientGivesUpASilentServer() async throws {
    let server = try await SilentServer(first: Frame(Frame.Kind.settings).bytes)
    let (closed, reasons) = AsyncStream.makeStream(of: String.self)
    var target = HTTP2ClientConnection.Target(address: .tcp(host: "127.0.0.1", port: server.port))
    target.keepalive = KeepaliveOptions(time: .seconds(1), timeout: .seconds(1), permitWithoutCalls: true)
    let reason: String?
    do {
      let connection = try await HTTP2ClientConnection.connect(
        to: target, on: MultiThreadedEventLoopGroup.singleton.any(),
        events: .init(draining: { _ in }, closed: { reasons.yield($0) }, capacityChanged: {}))
      reason = await closed.first { _ in true }
      connection.close()
    } catch {
      // On a slow machine it is given up before it counts as made.
      reason = "\(error)"
    }
    #expect(reason?.contains("keepalive") == true)
    try await server.close()
  }

  @Test func clientIsToldOfTooManyPings() async throws {
    let goAway = Frame(
      Frame.Kind.goAway,
      Frame.number(0) + Frame.number(HTTP2ErrorCode.enhanceYourCalm) + Array("too_many_pings".utf8))
    let server = try await SilentServer(first: Frame(Frame.Kind.settings).bytes + goAway.bytes)
    let told = Signal()
    var events = HTTP2ClientConnection.Events(draining: { _ in }, closed: { _ in }, capacityChanged: {})
    events.tooManyPings = { told.fire() }
    let connection = try await HTTP2ClientConnection.connect(
      to: .init(address: .tcp(host: "127.0.0.1", port: server.port)),
      on: MultiThreadedEventLoopGroup.singleton.any(), events: events)
    await told.wait()
    connection.close()
    try await server.close()
  }

  @Test func agedConnectionSaysSoServesWhatRunsAndIsCutOffAfterItsGrace() async throws {
    let never: Respond = { _, _, _ in try await Task.sleep(for: .seconds(3600)) }
    try await withHTTPServer(
      configure: {
        $0.maxConnectionAge = .milliseconds(50)
        $0.maxConnectionAgeGrace = .milliseconds(1500)
      }, never
    ) { _, port in
      let client = try await RawClient.connect(
        port: port, first: Frame.opening + Frame.request(stream: 1))
      let frames = Frame.parse(await client.rest())
      let goAways = frames.of(Frame.Kind.goAway)
      // First without a last stream, then with it and the reason.
      #expect(goAways.first?.payload.prefix(4) == [0x7f, 0xff, 0xff, 0xff])
      #expect(goAways.last?.payload.prefix(4) == [0, 0, 0, 1])
      #expect(goAways.last.map { String(decoding: $0.payload.dropFirst(8), as: UTF8.self) } == "max_age")
      #expect(goAways.last?.errorCode == HTTP2ErrorCode.noError)
    }
  }
}
