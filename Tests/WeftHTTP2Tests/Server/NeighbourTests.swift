import NIOCore
import Testing

@testable import WeftHTTP2

/// What one connection does must not be felt on another.
@Suite struct NeighbourTests {
  /// Time for some requests, one after another.
  private func time(_ client: RawClient, _ count: Int) async throws -> Duration {
    let clock = ContinuousClock()
    return try await clock.measure {
      for _ in 0..<count {
        try await client.send("GET /v HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.text(through: "/v")
      }
    }
  }

  @Test func neighbourOfAnAbuserIsServedAsBefore() async throws {
    try await withHTTPServer(echo) { _, port in
      let victim = try await RawClient.connect(port: port)
      _ = try await time(victim, 50)
      let before = try await time(victim, 100)
      let abusers = (0..<4).map { number in
        Task {
          while !Task.isCancelled {
            let client = try await RawClient.connect(port: port)
            client.push(Frame.opening)
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
      let during = try await time(victim, 100)
      for abuser in abusers { abuser.cancel() }
      for abuser in abusers { _ = await abuser.result }
      // Client and server share two cores with the abuse itself; a victim that had to wait for its end
      // would be thousands of times slower.
      #expect(during < before * 50 + .seconds(1))
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
