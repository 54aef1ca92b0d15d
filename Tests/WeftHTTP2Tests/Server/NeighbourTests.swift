import NIOCore
import Testing

@testable import WeftHTTP2

/// What one connection does must not be felt on another.
@Suite struct NeighbourTests {
  /// Some requests, one after another.
  private func ask(_ client: RawClient, _ count: Int) async throws {
    for _ in 0..<count {
      try await client.send("GET /v HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.text(through: "/v")
    }
  }

  @Test func neighbourOfAnAbuserIsServedWhileTheAbuseGoesOn() async throws {
    try await withHTTPServer(echo) { _, port in
      let victim = try await RawClient.connect(port: port)
      let begun = Signal()
      let abusers = (0..<4).map { number in
        Task {
          while !Task.isCancelled {
            let client = try await RawClient.connect(port: port)
            client.push(Frame.opening)
            begun.fire()
            // Broken heads, resets and pings, as fast as the server takes them.
            for index in 0..<200 {
              let stream = UInt32(index * 2 + 1)
              try await client.send(
                Frame.request(stream: stream, path: number % 2 == 0 ? "" : "/")
                  + Frame(Frame.Kind.reset, stream: stream, Frame.number(HTTP2ErrorCode.cancel)).bytes
                  + Frame(Frame.Kind.ping, [UInt8](repeating: 1, count: 8)).bytes)
            }
            client.close()
          }
        }
      }
      await begun.wait()
      // The abuse ends only after these.
      try await ask(victim, 100)
      for abuser in abusers { abuser.cancel() }
      for abuser in abusers { _ = await abuser.result }
      victim.close()
    }
  }

  @Test func halfOpenConnectionsDoNotHoldUpOthers() async throws {
    try await withHTTPServer(echo) { _, port in
      var idle: [RawClient] = []
      for index in 0..<100 {
        let client = try await RawClient.connect(port: port)
        if index % 2 == 0 { client.push(Array("GET / HT".utf8)) } else { client.push(Frame.preface) }
        idle.append(client)
      }
      for _ in 0..<20 { #expect(try await statusLine("/", port: port) == "HTTP/1.1 200 OK\r\n") }
      for client in idle { client.close() }
    }
  }
}
