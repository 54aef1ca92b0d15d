import NIOCore
import Testing
import WeftHTTP2

@testable import WeftRPC

/// Channels that ask whether their servers are still there.
@Suite struct KeepaliveTests {
  @Test func serverWhoseNetworkIsGoneIsNoticed() async throws {
    let begun = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      begun.continuation.yield()
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withServer(service) { _, port in
      let wire = try await Wire.start(to: port)
      var options = ChannelOptions()
      options.keepalive = KeepaliveOptions(time: .milliseconds(20), timeout: .milliseconds(100))
      try await withChannel("ipv4:127.0.0.1:\(wire.port)", options) { channel in
        let call = Task {
          // Also when the call ends before it has begun over there, as it may on a machine that is slow for a moment.
          defer { begun.continuation.yield() }
          return try await channel.unary(Echo.unary, Text("x"))
        }
        for await _ in begun.stream { break }
        wire.silence()
        let error = await rpcError { _ = try await call.value }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("127.0.0.1:\(wire.port) ended during the call: ") == true)
      }
      await wire.cut()
    }
  }

  @Test func clientThatAskedTooOftenAsksHalfAsOften() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.keepaliveEnforcement = KeepaliveEnforcement(
      minInterval: .seconds(3600), permitWithoutCalls: true, toleratedStrikes: 0)
    try await withServer(configuration: configuration) { _, port in
      var options = ChannelOptions()
      let time = TimeAmount.milliseconds(5)
      options.keepalive = KeepaliveOptions(time: time, timeout: .seconds(3600), permitWithoutCalls: true)
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        while channel.core.keepalive.current?.time == time { try await Task.sleep(for: .milliseconds(1)) }
        let said = try await channel.unary(Echo.unary, Text("x")).value
        #expect(said == "x")
      }
    }
  }

  @Test func paceHasAnEnd() {
    let pace = KeepalivePace(KeepaliveOptions(time: .hours(20)))
    for _ in 0..<100 { pace.slowDown() }
    #expect(pace.current?.time == .hours(24))
    let none = KeepalivePace(nil)
    none.slowDown()
    #expect(none.current == nil)
  }
}
