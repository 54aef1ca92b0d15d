import Testing
import WeftRPC

/// What a service config makes of calls that say nothing themselves.
@Suite struct MethodConfigTests {
  private func options(_ json: String) throws -> ChannelOptions {
    var options = ChannelOptions()
    options.serviceConfig = try ServiceConfig(
      json: #"{"methodConfig": [{"name": [{"service": "test.Echo", "method": "Unary"}], \#(json)}]}"#)
    return options
  }

  @Test func timeoutIsTheSmallerOfConfigAndCall() async throws {
    let left = EchoService(unary: { _, context in
      Text("\((context.deadline ?? .now) - .now > .seconds(50))")
    })
    try await withEcho(left, options: options(#""timeout": "100s""#)) { channel in
      let configured = try await channel.unary(Echo.unary, Text("x")).value
      #expect(configured == "true")
      let shorter = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(timeout: .seconds(40)))
      #expect(shorter.value == "false")
    }
    let slow = EchoService(unary: { request, _ in
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withEcho(slow, options: options(#""timeout": "0.05s""#)) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test func messagesOverTheConfiguredSizesAreRefused() async throws {
    let json = #""maxRequestMessageBytes": 100, "maxResponseMessageBytes": 200"#
    let service = EchoService(unary: { request, _ in
      Text(String(repeating: "y", count: 20 * request.value.count))
    })
    try await withEcho(service, options: options(json)) { channel in
      let request = await rpcError {
        _ = try await channel.unary(Echo.unary, Text(String(repeating: "x", count: 99)))
      }
      #expect(request?.code == .resourceExhausted)
      #expect(request?.message.contains("101 bytes") == true)
      #expect(request?.message.contains("test.Echo/Unary") == true)
      let response = await rpcError { _ = try await channel.unary(Echo.unary, Text("xxxxxxxxxx")) }
      #expect(response?.code == .resourceExhausted)
      let small = try await channel.unary(Echo.unary, Text("xxxxxxxxx")).value
      #expect(small.count == 180)
      let smaller = await rpcError {
        _ = try await channel.unary(
          Echo.unary, Text("xxxxxxxxx"), options: CallOptions(maxResponseBytes: 100, maxRequestBytes: 50))
      }
      #expect(smaller?.code == .resourceExhausted)
      let streamed = await rpcError {
        try await channel.withCall(Echo.unary.untyped, options: CallOptions()) { call in
          try await call.send(.init(bytes: [UInt8](repeating: 0, count: 101)))
        }
      }
      #expect(streamed?.code == .resourceExhausted)
    }
  }

  @Test func largerMessagesAreTakenWhenTheConfigSaysSo() async throws {
    let service = EchoService(unary: { _, _ in Text(String(repeating: "y", count: 5 << 20)) })
    try await withEcho(service, options: options(#""maxResponseMessageBytes": 6000000"#)) { channel in
      let reply = try await channel.unary(Echo.unary, Text("x")).value
      #expect(reply.count == 5 << 20)
    }
  }

  @Test func waitForReadyOfTheConfigCountsUnlessTheCallSaysOtherwise() async throws {
    let silent = try await Wire.start(to: nil)
    var options = try options(#""waitForReady": true"#)
    options.connectTimeout = .milliseconds(20)
    try await withChannel("ipv4:127.0.0.1:\(silent.port)", options) { channel in
      // Fails once the address was found dead, and waits for it otherwise.
      let impatient = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(waitForReady: false))
      }
      #expect(impatient?.code == .unavailable)
      let patient = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(timeout: .milliseconds(100)))
      }
      #expect(patient?.code == .deadlineExceeded)
    }
    await silent.cut()
  }
}
