import NIOCore
import Testing

@testable import WeftHTTP2

/// HTTP/2 frames over a plain socket.
@Suite struct HTTP2ServerTests {
  private func connect(_ port: Int) async throws -> RawClient {
    try await RawClient.connect(port: port, first: Frame.opening)
  }

  /// Frames up to the first one of `type` on `stream`.
  private func frames(
    _ client: RawClient, until type: UInt8, stream: UInt32? = nil
  ) async throws -> [Frame] {
    Frame.parse(
      try await client.receive { bytes in
        Frame.parse(bytes).contains { $0.type == type && (stream == nil || $0.stream == stream) }
      })
  }

  @Test func headerBlockOverTheLimitIsAnswered431AndTheConnectionGoesOn() async throws {
    try await withHTTPServer(echo) { _, port in
      for end in [true, false] {
        let client = try await connect(port)
        let fields = (0..<150).map { ("x-\($0)", "1") }
        try await client.send(Frame.request(stream: 1, fields: fields, end: end))
        let answer = try await frames(client, until: Frame.Kind.headers, stream: 1)
        let block = try #require(answer.of(Frame.Kind.headers).first?.payload)
        #expect(String(decoding: block, as: UTF8.self).contains("431") || !block.contains(0x88))
        try await client.send(Frame.request(stream: 3))
        let next = try await frames(client, until: Frame.Kind.headers, stream: 3)
        // 0x88 is `:status: 200` of the static table.
        #expect(next.of(Frame.Kind.headers).last?.payload.first == 0x88)
        client.close()
      }
    }
  }

  @Test func earlyAnswerStopsTheUpload() async throws {
    let respond: Respond = { _, _, writer in
      try await writer.respond(status: 403, body: ByteBuffer(string: "no"))
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await connect(port)
      try await client.send(Frame.request(stream: 1, end: false))
      let answer = try await frames(client, until: Frame.Kind.reset, stream: 1)
      #expect(answer.of(Frame.Kind.data).first?.payload == Array("no".utf8))
      #expect(answer.reset(1) == HTTP2ErrorCode.noError)
      client.close()
    }
  }

  @Test func failureAfterTheEndOfAnAnswerDoesNotDamageIt() async throws {
    struct Late: Error {}
    let respond: Respond = { _, _, writer in
      try await writer.respond(status: 200, body: ByteBuffer(repeating: 120, count: 200_000))
      throw Late()
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await connect(port)
      try await client.send(
        Frame(Frame.Kind.windowUpdate, Frame.number(1 << 20)).bytes + Frame.request(stream: 1)
          + Frame(Frame.Kind.windowUpdate, stream: 1, Frame.number(1 << 20)).bytes)
      let received = try await client.receive { bytes in
        Frame.parse(bytes).contains { $0.type == Frame.Kind.data && $0.flags & Frame.endStream != 0 }
          || Frame.parse(bytes).contains { $0.type == Frame.Kind.reset }
      }
      let all = Frame.parse(received)
      #expect(all.reset(1) == nil)
      #expect(all.of(Frame.Kind.data).reduce(0) { $0 + $1.payload.count } == 200_000)
      client.close()
    }
  }

  @Test func silentConnectionIsClosedWhenItNeverBegan() async throws {
    try await withHTTPServer(limits: .impatientInFrames, echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send(Array(Frame.preface.prefix(10)))
      _ = await client.rest()
    }
  }

  @Test(arguments: [3, 9, 12, 200])
  func frameThatStopsInTheMiddleIsCutOff(_ count: Int) async throws {
    try await withHTTPServer(limits: .impatientInFrames, echo) { _, port in
      let client = try await connect(port)
      _ = try await frames(client, until: Frame.Kind.settings)
      let request = Frame.request(stream: 1, path: "/" + String(repeating: "p", count: 1000))
      try await client.send(Array(request.prefix(count)))
      #expect(Frame.parse(await client.rest()).goAway == HTTP2ErrorCode.enhanceYourCalm)
    }
  }

  @Test func frameThatTricklesIsCutOff() async throws {
    try await withHTTPServer(limits: .impatientInFrames, echo) { _, port in
      let client = try await connect(port)
      client.push(Frame.request(stream: 1, end: false))
      let data = Frame(Frame.Kind.data, stream: 1, [UInt8](repeating: 0, count: 10_000)).bytes
      let trickle = Task {
        for byte in data {
          client.push([byte])
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      #expect(Frame.parse(await client.rest()).goAway == HTTP2ErrorCode.enhanceYourCalm)
      trickle.cancel()
    }
  }

  @Test func headersWithoutEndAreCutOff() async throws {
    try await withHTTPServer(limits: .impatientInFrames, echo) { _, port in
      let client = try await connect(port)
      let block = Frame.fieldBlock([(":method", "POST"), (":scheme", "http"), (":path", "/")])
      try await client.send(Frame(Frame.Kind.headers, stream: 1, block).bytes)
      #expect(Frame.parse(await client.rest()).goAway == HTTP2ErrorCode.enhanceYourCalm)
    }
  }

  @Test func restingConnectionIsKept() async throws {
    try await withHTTPServer(limits: .impatientInFrames, echo) { _, port in
      let client = try await connect(port)
      _ = try await frames(client, until: Frame.Kind.settings)
      // Others come and are cut off for their silence meanwhile.
      for _ in 0..<3 {
        let other = try await RawClient.connect(port: port)
        _ = await other.rest()
      }
      try await client.send(Frame.request(stream: 1))
      _ = try await frames(client, until: Frame.Kind.headers, stream: 1)
      client.close()
    }
  }

  @Test func clientThatGoesAwayCancelsTheResponder() async throws {
    let started = Signal()
    let ended = Signal()
    let respond: Respond = { _, _, _ in
      started.fire()
      defer { ended.fire() }
      try await Task.sleep(for: .seconds(3600))
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await connect(port)
      try await client.send(Frame.request(stream: 1) + Frame.request(stream: 3))
      await started.wait()
      await started.wait()
      try await client.send(Frame(Frame.Kind.reset, stream: 1, Frame.number(HTTP2ErrorCode.cancel)).bytes)
      await ended.wait()
      client.close()
      await ended.wait()
    }
  }

  @Test func shutdownSendsEverythingToASlowReader() async throws {
    let size = 1 << 20
    let started = Signal()
    let respond: Respond = { _, _, writer in
      try await writer.writeHead(status: 200)
      started.fire()
      try await writer.write(ByteBuffer(repeating: 120, count: size))
      try await writer.finish()
    }
    try await withHTTPServer(respond) { server, port in
      let client = try await RawClient.connect(port: port, reads: false)
      try await client.send(
        Frame.opening + Frame(Frame.Kind.windowUpdate, Frame.number(1 << 24)).bytes
          + Frame.request(stream: 1)
          + Frame(Frame.Kind.windowUpdate, stream: 1, Frame.number(1 << 24)).bytes)
      await started.wait()
      async let done: Void = server.shutdown(grace: .seconds(600))
      try await client.resume()
      // Its PING is not answered: what came after the server has closed would reset the connection.
      let frames = Frame.parse(await client.rest())
      #expect(frames.of(Frame.Kind.data).reduce(0) { $0 + $1.payload.count } == size)
      #expect(frames.goAway == HTTP2ErrorCode.noError)
      await done
    }
  }
}
