import Foundation
import Testing

@testable import WeftRPC

/// Connections that cannot be made, or not yet.
@Suite struct ConnectTests {
  private func socketPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UInt64.random(in: 0...UInt64.max))")
      .path
  }

  @Test func unavailableNamesAddressReasonAndAttempts() async throws {
    let port = try await deadPort()
    try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      let message = error?.message ?? ""
      #expect(message.contains("127.0.0.1:\(port)"))
      #expect(message.contains("Connection refused"))
      #expect(message.contains("1 attempt"))
    }
  }

  @Test(arguments: ["nonsense", "ipv4:127.0.0.1", "dns:///host:0", "weft:///hello", "static:"])
  func targetThatNamesNoAddressIsUnavailableAndToldByName(_ target: String) async throws {
    try await withChannel(target) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.isEmpty == false)
    }
  }

  @Test(arguments: [
    ("127.0.0.1:99999", "the port \"99999\" is no number from 1 to 65535"),
    ("static:a:1,b:0", "the port \"0\" is no number from 1 to 65535"),
    ("ipv4:1.2.3.4", "\"1.2.3.4\" has no port"),
    ("ipv4:host:80", "\"host\" is no IPv4 address"),
    ("::1:50051", "\"::1:50051\" is no IPv6 address; with a port it is written [address]:port"),
    ("http://127.0.0.1:80", "the scheme \"http\" is none of dns, inproc, ipv4, ipv6, static, unix"),
    ("dns://9.9.9.9/a:80", "the DNS server \"9.9.9.9\" is not asked"),
    ("unix:", "there is no path of a socket behind unix:"),
  ])
  func targetThatIsWrongIsToldWithWhatIsWrong(_ target: String, _ reason: String) async throws {
    try await withChannel(target) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      let message = error?.message ?? ""
      #expect(message.contains(reason), "\(message)")
      #expect(message.contains(ResolverTarget(target).description), "\(message)")
    }
  }

  @Test func portThatNobodyNamedIsExplained() async throws {
    let resolver = ManualResolver()
    resolver.send([Endpoint(host: "127.0.0.1", port: try await deadPort())])
    let options = ChannelOptions(resolvers: ["dns": resolver])
    try await withChannel("dns:///orders.internal", options) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.message.contains("(port 443, because it names none)") == true)
    }
  }

  @Test func callThatWaitsForReadyIsServedWhenTheServerComes() async throws {
    let path = socketPath()
    var options = ChannelOptions()
    options.backoff.initial = .milliseconds(5)
    options.backoff.max = .milliseconds(20)
    try await withChannel("unix:\(path)", options) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains(path) == true)
      let call = Task {
        try await channel.unary(Echo.unary, Text("late"), options: CallOptions(waitForReady: true))
      }
      let server = RPCServer(
        configuration: RPCServerConfiguration(host: "unix:\(path)", insecure: true), services: [EchoService()]
      )
      _ = try await server.start()
      let reply = try await call.value
      #expect(reply.value == "late")
      let streamed = try await channel.serverStreaming(Echo.expand, Text("ab")) { stream in
        var all = ""
        for try await part in stream { all += part.value }
        return all
      }
      #expect(streamed == "ab")
      await server.shutdown(grace: .zero)
    }
    try? FileManager.default.removeItem(atPath: path)
  }

  @Test func deadlineEndsTheWaitForAConnection() async throws {
    let silent = try await Wire.start(to: nil)
    try await withChannel("ipv4:127.0.0.1:\(silent.port)") { channel in
      for waits in [false, true] {
        let error = await rpcError {
          _ = try await channel.unary(
            Echo.unary, Text("x"), options: CallOptions(timeout: .milliseconds(50), waitForReady: waits))
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message.contains("127.0.0.1:\(silent.port): connecting") == true)
      }
    }
    await silent.cut()
  }

  @Test func serverThatNeverAnswersIsGivenUp() async throws {
    let silent = try await Wire.start(to: nil)
    var options = ChannelOptions()
    options.connectTimeout = .milliseconds(50)
    try await withChannel("ipv4:127.0.0.1:\(silent.port)", options) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("no answer in 50 ms") == true)
    }
    await silent.cut()
  }

  @Test func cancelledCallStopsWaitingForAConnection() async throws {
    let silent = try await Wire.start(to: nil)
    try await withChannel("ipv4:127.0.0.1:\(silent.port)") { channel in
      let call = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await channel.unary(Echo.unary, Text("x"))
      }
      #expect(await rpcError { _ = try await call.value }?.code == .cancelled)
      let later = Task { try await channel.unary(Echo.unary, Text("x")) }
      await Task.yield()
      later.cancel()
      #expect(await rpcError { _ = try await later.value }?.code == .cancelled)
    }
    await silent.cut()
  }

  @Test func shutDownChannelSaysSo() async throws {
    try await withServer { _, port in
      let channel = Channel(target: "127.0.0.1:\(port)")
      _ = try await channel.unary(Echo.unary, Text("x"))
      await channel.shutdown()
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("shut down") == true)
    }
  }

  @Test func serverThatSpeaksNoHTTP2IsToldApart() async throws {
    try await withServer { _, port in
      // TLS is asked for on a port that serves plain text only.
      let wire = try await Wire.start(to: port)
      var options = ChannelOptions(tls: .tls(.makeClientConfiguration()))
      options.connectTimeout = .seconds(60)
      try await withChannel("127.0.0.1:\(wire.port)", options) { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("127.0.0.1:\(wire.port)") == true)
      }
      await wire.cut()
    }
  }
}
