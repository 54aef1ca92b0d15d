import NIOCore
import Testing

@testable import WeftHTTP2

/// GOAWAY in both directions (RFC 9113, 6.8).
@Suite struct GoAwayTests {
  @Test func streamsBelowTheLastFinishAndThoseAboveAreUnprocessed() throws {
    let client = try Engine(.client)
    let first = try #require(client.open())
    let second = try #require(client.open())
    _ = client.output()
    let goAway = Frame(Frame.Kind.goAway, Frame.number(1) + Frame.number(0) + Array("bye".utf8))
    _ = client.exchange(Frame(Frame.Kind.settings).bytes + goAway.bytes)
    #expect(client.goAways == [HTTP2ErrorCode.noError])
    #expect(second.closes == [HTTP2ErrorCode.refusedStream])
    #expect(first.closes.isEmpty)
    let reply = Frame(
      Frame.Kind.headers, flags: Frame.endHeaders | Frame.endStream, stream: 1,
      Frame.fieldBlock([(":status", "200")]))
    client.receive(reply.bytes)
    #expect(first.ended)
    #expect(first.closes == [HTTP2ErrorCode.noError])
  }

  @Test func requestThatNeverLeftIsUnprocessed() throws {
    let (server, client) = try pair()
    server.session.submitGoAway()
    let call = try #require(client.open())
    client.receive(server.output())
    _ = client.output()
    #expect(call.closes == [HTTP2ErrorCode.refusedStream])
    #expect(server.accepted.isEmpty)
  }

  @Test func requestQueuedForAConnectionThatBreaksIsUnprocessed() throws {
    var limits = HTTPLimits()
    limits.maxConcurrentStreams = 1
    let (server, client) = try pair(limits)
    server.answer = { _ in }
    let sent = try #require(client.open())
    let queued = try #require(client.open())
    pump(client, server)
    #expect(server.accepted.count == 1)
    client.session.closeAll(errorCode: HTTP2ErrorCode.connectError)
    #expect(sent.closes == [HTTP2ErrorCode.connectError])
    #expect(queued.closes == [HTTP2ErrorCode.refusedStream])
  }

  @Test func requestThatIsCancelledWhileQueuedEndsAtOnce() throws {
    var limits = HTTPLimits()
    limits.maxConcurrentStreams = 1
    let (server, client) = try pair(limits)
    server.answer = { _ in }
    let sent = try #require(client.open())
    let queued = try #require(client.open())
    pump(client, server)
    queued.stream?.reset(HTTP2ErrorCode.cancel)
    pump(client, server)
    sent.stream?.reset(HTTP2ErrorCode.cancel)
    pump(client, server)
    #expect(queued.closes.count == 1)
    #expect(client.session.streams.isEmpty)
    #expect(server.accepted.count == 1)
  }

  @Test func streamsThatCameBeforeTheServersGoAwayAreServed() throws {
    let (server, client) = try pair()
    server.answer = { _ in }
    let call = try #require(client.open())
    pump(client, server)
    server.session.submitShutdownNotice()
    pump(client, server)
    let late = try #require(client.open())
    server.session.submitGoAway()
    pump(client, server)
    #expect(late.closes == [HTTP2ErrorCode.refusedStream])
    server.accepted.first?.stream?.send(head: 200, fields: [:], endStream: true)
    pump(client, server)
    #expect(call.head?.status == 200)
    #expect(server.session.isFinished)
  }
}
