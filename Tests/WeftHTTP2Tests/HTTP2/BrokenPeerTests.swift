import NIOCore
import Testing

@testable import WeftHTTP2

/// A server's engine against frames that no good client sends.
@Suite struct BrokenPeerTests {
  private func server(_ limits: HTTPLimits = HTTPLimits()) throws -> Engine {
    let server = try Engine(.server, limits: limits)
    _ = server.exchange(Frame.opening)
    return server
  }

  @Test func wrongPrefaceIsAnError() throws {
    let server = try Engine(.server)
    server.receive(Array("GET / HTTP/1.1\r\n\r\n______________".utf8))
    #expect(server.failure != nil)
    #expect(server.accepted.isEmpty)
  }

  @Test func firstFrameThatIsNoSettingsIsAnError() throws {
    let server = try Engine(.server)
    let frames = server.exchange(Frame.preface + Frame.request(stream: 1))
    #expect(server.failure != nil || frames.goAway == HTTP2ErrorCode.protocolError)
    #expect(server.accepted.isEmpty)
  }

  @Test func headerBytesOverTheLimitAreToldToTheHandler() throws {
    let server = try server()
    var wasTooLarge = false
    server.answer = { wasTooLarge = $0.headersTooLarge }
    // 32 bytes are counted for each field beside its texts.
    let fields = (0..<90).map { ("x-\($0)", String(repeating: "v", count: 130)) }
    _ = server.exchange(Frame.request(stream: 1, fields: fields))
    #expect(!wasTooLarge)
    _ = server.exchange(
      Frame.request(stream: 3, fields: fields + [("y", String(repeating: "v", count: 3000))]))
    #expect(wasTooLarge)
    // Nothing over the limit was kept.
    #expect(server.accepted.last?.head?.fields["y"] == nil)
  }

  @Test func headerCountOverTheLimitIsToldToTheHandler() throws {
    let server = try server()
    _ = server.exchange(Frame.request(stream: 1, fields: (0..<200).map { ("x-\($0)", "1") }))
    #expect(server.accepted.last?.wasTooLarge == true)
    #expect((server.accepted.last?.head?.fields.count ?? 0) <= HTTPLimits().maxHeaderCount)
  }

  @Test func oversizedTrailersAreToldToTheHandler() throws {
    let server = try server()
    _ = server.exchange(Frame.request(stream: 1, end: false))
    let trailers = Frame.fieldBlock((0..<3).map { ("x-\($0)", String(repeating: "v", count: 5400)) })
    _ = server.exchange(
      Frame(Frame.Kind.headers, flags: Frame.endStream, stream: 1, Array(trailers[..<16_000])).bytes
        + Frame(Frame.Kind.continuation, flags: Frame.endHeaders, stream: 1, Array(trailers[16_000...])).bytes
    )
    #expect(server.accepted.last?.ended == true)
  }

  @Test func continuationWithoutEndEndsTheConnection() throws {
    let server = try server()
    let block = Frame.fieldBlock([(":method", "POST"), (":scheme", "http"), (":path", "/")])
    server.receive(Frame(Frame.Kind.headers, stream: 1, block).bytes)
    var sent = 0
    while server.failure == nil,
      !Frame.parse(server.output()).contains(where: { $0.type == Frame.Kind.goAway })
    {
      server.receive(
        Frame(Frame.Kind.continuation, stream: 1, Frame.fieldBlock([("x-\(sent)", "1")])).bytes)
      sent += 1
      if sent > 1000 { break }
    }
    #expect(sent < 20)
    #expect(server.accepted.isEmpty)
  }

  @Test func indexBombEndsTheConnection() throws {
    let server = try server()
    // One large entry of the dynamic table, then thousands of one-byte references to it.
    let value = [UInt8](repeating: 118, count: 4000)
    let entry: [UInt8] = [0x40, 1, 120, 127, 0xa1, 0x1e] + value
    let block =
      Frame.fieldBlock([(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "a")])
      + entry + [UInt8](repeating: 0xbe, count: 8000)
    let frames = server.exchange(
      Frame(Frame.Kind.headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, block).bytes)
    #expect(frames.goAway == HTTP2ErrorCode.enhanceYourCalm)
    #expect(server.accepted.isEmpty)
  }

  @Test func brokenHeaderCompressionEndsTheConnection() throws {
    let server = try server()
    let frames = server.exchange(
      Frame(Frame.Kind.headers, flags: Frame.endHeaders, stream: 1, [0xff, 0xff, 0xff, 0xff, 0x7f]).bytes)
    #expect(frames.goAway == HTTP2ErrorCode.compressionError || server.failure != nil)
  }

  @Test(arguments: [
    [(":method", "GET"), (":path", "/")],
    [(":method", "GET"), (":scheme", "http"), (":path", "")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":path", "/")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("X-Upper", "1")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("connection", "close")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("x", "a\r\nb: c")],
    [("x", "1"), (":method", "GET"), (":scheme", "http"), (":path", "/")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":status", "200")],
  ])
  func malformedHeadResetsTheStreamAndNothingElse(_ fields: [(String, String)]) throws {
    let server = try server()
    let frames = server.exchange(
      Frame(
        Frame.Kind.headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, Frame.fieldBlock(fields)
      ).bytes)
    #expect(frames.reset(1) == HTTP2ErrorCode.protocolError)
    #expect(server.accepted.isEmpty)
    #expect(server.session.streams.isEmpty)
    #expect(!server.session.isInsideHeaderBlock)
    _ = server.exchange(Frame.request(stream: 3))
    #expect(server.accepted.count == 1)
  }

  @Test func dataOnAClosedStreamHarmsNoOther() throws {
    let server = try server()
    _ = server.exchange(Frame.request(stream: 1))
    #expect(server.session.streams.isEmpty)
    _ = server.exchange(Frame(Frame.Kind.data, stream: 1, [1, 2, 3]).bytes)
    #expect(server.accepted.first?.data.isEmpty == true)
    _ = server.exchange(Frame.request(stream: 3))
    #expect(server.accepted.count == 2)
  }

  @Test func windowThatOverflowsEndsTheStreamOrTheConnection() throws {
    let server = try server()
    server.answer = { _ in }
    _ = server.exchange(Frame.request(stream: 1))
    let most = Frame.number(0x7fff_ffff)
    let frames = server.exchange(Frame(Frame.Kind.windowUpdate, stream: 1, most).bytes)
    #expect(frames.reset(1) == HTTP2ErrorCode.flowControlError)
    #expect(server.accepted.last?.closes == [HTTP2ErrorCode.flowControlError])
    let last = server.exchange(Frame(Frame.Kind.windowUpdate, most).bytes)
    #expect(last.goAway == HTTP2ErrorCode.flowControlError)
  }

  @Test func moreDataThanTheWindowAllowsEndsTheConnection() throws {
    var limits = HTTPLimits()
    limits.streamWindow = 1000
    let server = try server(limits)
    _ = server.exchange(Frame(Frame.Kind.settings, flags: Frame.ack).bytes)
    server.receive(Frame.request(stream: 1, end: false))
    server.accepted.last?.consumes = false
    let frames = server.exchange(Frame(Frame.Kind.data, stream: 1, [UInt8](repeating: 0, count: 1001)).bytes)
    #expect(
      frames.goAway == HTTP2ErrorCode.flowControlError || frames.reset(1) == HTTP2ErrorCode.flowControlError)
  }

  @Test func streamsOverTheLimitAreRefused() throws {
    var limits = HTTPLimits()
    limits.maxConcurrentStreams = 3
    let server = try server(limits)
    server.answer = { _ in }
    // The settings are not acknowledged yet: a refusal, which the client may repeat elsewhere.
    var frames: [Frame] = []
    for stream in [1, 3, 5, 7] as [UInt32] { frames += server.exchange(Frame.request(stream: stream)) }
    #expect(frames.reset(7) == HTTP2ErrorCode.refusedStream)
    #expect(server.accepted.count == 3)
    // Afterwards it is a violation.
    frames = server.exchange(Frame(Frame.Kind.settings, flags: Frame.ack).bytes + Frame.request(stream: 9))
    #expect(frames.goAway == HTTP2ErrorCode.protocolError || frames.reset(9) != nil)
    #expect(server.accepted.count == 3)
  }

  @Test func streamWithoutAHandlerIsRefused() throws {
    let server = try server()
    server.accepts = false
    #expect(server.exchange(Frame.request(stream: 1)).reset(1) == HTTP2ErrorCode.refusedStream)
    #expect(server.session.streams.isEmpty)
  }

  @Test func oversizedFrameEndsTheConnection() throws {
    let server = try server()
    let frames = server.exchange(Frame(Frame.Kind.ping, [UInt8](repeating: 0, count: 20_000)).bytes)
    #expect(frames.goAway == HTTP2ErrorCode.frameSizeError)
  }
}
