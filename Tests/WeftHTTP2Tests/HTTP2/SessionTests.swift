import NIOCore
import Testing

@testable import WeftHTTP2

/// Two engines joined in memory.
@Suite struct SessionTests {
  @Test func requestAndReplyCrossWithTrailers() throws {
    let (server, client) = try pair()
    server.answer = { stream in
      stream.send(head: 200, fields: ["x-a": "1"])
      stream.send(data: ByteBuffer(string: "hello"))
      stream.finish(trailers: ["x-sum": "5"])
    }
    let call = try #require(client.open(["x-b": "2"], end: false))
    call.stream?.send(data: ByteBuffer(string: "body"))
    call.stream?.finish()
    pump(client, server)
    let accepted = try #require(server.accepted.first)
    #expect(accepted.head?.fields["x-b"] == "2")
    #expect(accepted.data == Array("body".utf8))
    #expect(call.head?.status == 200)
    #expect(call.data == Array("hello".utf8))
    #expect(call.trailers?["x-sum"] == "5")
    #expect(call.ended)
    #expect(call.closes == [HTTP2ErrorCode.noError])
    #expect(accepted.closes == [HTTP2ErrorCode.noError])
  }

  @Test func streamsAreGoneWhenTheyEnd() throws {
    let (server, client) = try pair()
    var seen: [WeakStream] = []
    for index in 0..<50 {
      guard let call = client.open(end: index % 2 == 0) else { continue }
      seen.append(WeakStream(call.stream))
      pump(client, server)
      seen += server.accepted.suffix(1).map { WeakStream($0.stream) }
      if index % 2 == 1 { call.stream?.reset(HTTP2ErrorCode.cancel) }
      pump(client, server)
    }
    #expect(server.session.streams.isEmpty)
    #expect(client.session.streams.isEmpty)
    #expect(seen.allSatisfy { $0.stream == nil })
    #expect(server.accepted.allSatisfy { $0.closes.count == 1 })
  }

  @Test func streamsAreGoneWhenTheConnectionIs() throws {
    var seen: [WeakStream] = []
    do {
      let (server, client) = try pair()
      server.answer = { _ in }
      let calls = (0..<20).compactMap { _ in client.open() }
      pump(client, server)
      seen = (calls + server.accepted).map { WeakStream($0.stream) }
      server.session.closeAll(errorCode: HTTP2ErrorCode.connectError)
      client.session.closeAll(errorCode: HTTP2ErrorCode.connectError)
      #expect((calls + server.accepted).allSatisfy { $0.closes == [HTTP2ErrorCode.connectError] })
    }
    #expect(seen.count == 40)
    #expect(seen.allSatisfy { $0.stream == nil })
  }

  @Test func resetWhileTheReplyIsSentEndsIt() throws {
    let (server, client) = try pair()
    server.answer = { stream in
      stream.send(head: 200, fields: [:])
      stream.send(data: ByteBuffer(repeating: 1, count: 1 << 20))
    }
    let call = try #require(client.open())
    call.consumes = false
    pump(client, server)
    #expect(call.data.count > 0 && call.data.count <= 256 << 10)
    call.stream?.reset(HTTP2ErrorCode.cancel)
    pump(client, server)
    let accepted = try #require(server.accepted.first)
    #expect(accepted.closes == [HTTP2ErrorCode.cancel])
    #expect(accepted.stream == nil)
    #expect(server.session.streams.isEmpty)
  }

  @Test func closedWindowHoldsTheSenderUntilItOpens() throws {
    var limits = HTTPLimits()
    limits.streamWindow = 0
    let client = try Engine(.client, limits: limits)
    let server = try Engine(.server)
    pump(client, server)
    server.answer = { stream in
      stream.send(head: 200, fields: [:])
      stream.send(data: ByteBuffer(repeating: 1, count: 100_000))
      stream.finish()
    }
    let call = try #require(client.open())
    pump(client, server)
    let accepted = try #require(server.accepted.first)
    #expect(call.head?.status == 200)
    #expect(call.data.isEmpty)
    #expect(accepted.stream?.queuedBytes == 100_000)
    #expect(accepted.stream?.isWritable == false)
    server.receive(Frame(Frame.Kind.windowUpdate, stream: 1, Frame.number(90_000)).bytes)
    let sent = Frame.parse(server.output()).of(Frame.Kind.data).reduce(0) { $0 + $1.payload.count }
    // The connection's own window of 64 KiB (RFC 9113, 6.9.2) was never opened by this client's bytes.
    #expect(sent == 90_000 || sent == 65_535)
    #expect(accepted.stream?.queuedBytes == 100_000 - sent)
  }

  @Test func drainedQueueMakesTheStreamWritableOnce() throws {
    let (server, client) = try pair()
    server.answer = { stream in
      stream.send(head: 200, fields: [:])
      stream.send(data: ByteBuffer(repeating: 1, count: 200_000))
    }
    let call = try #require(client.open())
    pump(client, server)
    let accepted = try #require(server.accepted.first)
    #expect(call.data.count == 200_000)
    #expect(accepted.writableCount == 1)
    #expect(accepted.stream?.isWritable == true)
  }

  @Test func replyBeforeTheRequestsEndReachesThePeerWhole() throws {
    let (server, client) = try pair()
    let call = try #require(client.open(end: false))
    pump(client, server)
    let stream = try #require(server.accepted.first?.stream)
    stream.send(head: 200, fields: [:])
    stream.send(data: ByteBuffer(string: "early"))
    stream.finish(trailers: ["x": "y"])
    stream.reset(afterOutput: HTTP2ErrorCode.noError)
    pump(client, server)
    #expect(call.data == Array("early".utf8))
    #expect(call.trailers?["x"] == "y")
    #expect(call.ended)
    #expect(server.session.streams.isEmpty)
    #expect(client.session.streams.isEmpty)
  }

  @Test func resetThatIsAskedForAfterTheEndHasLeftIsSentAtOnce() throws {
    let (server, client) = try pair()
    let call = try #require(client.open(end: false))
    pump(client, server)
    let stream = try #require(server.accepted.first?.stream)
    stream.send(head: 200, fields: [:], endStream: true)
    pump(client, server)
    #expect(call.ended)
    #expect(server.session.streams.count == 1)
    stream.reset(afterOutput: HTTP2ErrorCode.noError)
    pump(client, server)
    #expect(server.session.streams.isEmpty)
  }

  @Test func headThatIsTooLargeToBeSentEndsTheStream() throws {
    let (server, client) = try pair()
    let huge = String(repeating: "x", count: 100_000)
    server.answer = { stream in
      stream.send(head: 200, fields: [:])
      stream.finish(trailers: ["x-huge": huge])
    }
    let call = try #require(client.open())
    pump(client, server)
    #expect(call.closes == [HTTP2ErrorCode.internalError])
    #expect(server.session.streams.isEmpty)

    server.answer = { $0.send(head: 200, fields: ["x-huge": huge], endStream: true) }
    let second = try #require(client.open())
    pump(client, server)
    #expect(second.closes == [HTTP2ErrorCode.internalError])

    // A request that cannot be sent is not one that the peer refused.
    let third = try #require(client.open(["x-huge": huge]))
    pump(client, server)
    #expect(third.closes == [HTTP2ErrorCode.internalError])
    #expect(client.session.streams.isEmpty)
    server.answer = { $0.send(head: 204, fields: [:], endStream: true) }
    let fourth = try #require(client.open())
    pump(client, server)
    #expect(fourth.head?.status == 204)
  }

  @Test func informationalHeadsArePassedOver() throws {
    let client = try Engine(.client)
    let call = try #require(client.open())
    _ = client.output()
    let early = Frame(
      Frame.Kind.headers, flags: Frame.endHeaders, stream: 1, Frame.fieldBlock([(":status", "103")]))
    let final = Frame(
      Frame.Kind.headers, flags: Frame.endHeaders | Frame.endStream, stream: 1,
      Frame.fieldBlock([(":status", "200"), ("x", "y")]))
    client.receive(Frame(Frame.Kind.settings).bytes + early.bytes)
    #expect(call.head == nil)
    client.receive(final.bytes)
    #expect(call.head?.status == 200)
    #expect(call.ended)
  }
}

struct WeakStream {
  weak var stream: HTTP2Stream?

  init(_ stream: HTTP2Stream?) {
    self.stream = stream
  }
}

/// A server and a client whose settings have crossed.
func pair(_ limits: HTTPLimits = HTTPLimits()) throws -> (server: Engine, client: Engine) {
  let server = try Engine(.server, limits: limits)
  let client = try Engine(.client)
  pump(client, server)
  return (server, client)
}
