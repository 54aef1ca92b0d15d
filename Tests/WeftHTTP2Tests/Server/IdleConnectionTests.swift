import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct IdleConnectionTests {
  private var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.idleTimeout = .milliseconds(100)
    return limits
  }

  @Test func strangerThatOpensNoStreamIsSentAway() async throws {
    try await withHTTPServer(limits: limits, echo) { server, port in
      let client = try await RawClient.connect(port: port)
      try await client.send(Frame.opening)
      let frames = Frame.parse(await client.rest())
      #expect(frames.goAway == HTTP2ErrorCode.noError)
    }
  }

  @Test func strangerIsServedAsLongAsAStreamIsOpen() async throws {
    let release = Signal()
    let respond: Respond = { request, body, writer in
      await release.wait()
      try await writer.respond(status: 200, body: ByteBuffer(string: "late"))
    }
    try await withHTTPServer(limits: limits, respond) { server, port in
      let busy = try await RawClient.connect(port: port)
      try await busy.send(Frame.opening + Frame.request(stream: 1))
      // A second connection is opened later, and by its end the first has been open for longer than is allowed.
      let idle = try await RawClient.connect(port: port)
      try await idle.send(Frame.opening)
      _ = await idle.rest()
      release.fire()
      let frames = Frame.parse(await busy.rest())
      #expect(frames.of(Frame.Kind.data).contains { String(decoding: $0.payload, as: UTF8.self) == "late" })
      #expect(frames.goAway == HTTP2ErrorCode.noError)
    }
  }

  @Test func connectionsLeaveFilesForTheRest() {
    #expect(OpenFiles.forConnections > 0)
  }
}
