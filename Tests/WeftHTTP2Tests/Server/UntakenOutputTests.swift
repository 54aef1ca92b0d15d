import NIOCore
import Testing

@testable import WeftHTTP2

/// Peers that ask for answers and take none.
@Suite struct UntakenOutputTests {
  private let page: Respond = { request, body, writer in
    try await writer.respond(status: 200, body: ByteBuffer(repeating: 1, count: 60_000))
  }

  private var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.maxQueuedBytes = 2 << 20
    return limits
  }

  /// A client without a window, that asks for a page on each of many streams.
  private func hoard(port: Int, streams: Int) async throws -> RawClient {
    let noWindow = Frame(Frame.Kind.settings, [0, 4] + Frame.number(0))
    let requests = (0..<streams).flatMap { Frame.request(stream: UInt32($0 * 2 + 1)) }
    return try await RawClient.connect(port: port, first: Frame.preface + noWindow.bytes + requests)
  }

  @Test func peerThatTakesNothingIsCutOffWhenTheServerHoldsTooMuch() async throws {
    try await withHTTPServer(limits: limits, page) { _, port in
      let hoarder = try await hoard(port: port, streams: 100)
      let frames = Frame.parse(await hoarder.rest())
      #expect(frames.of(Frame.Kind.data).isEmpty)
    }
  }

  @Test func peerThatTakesNothingIsKeptAsLongAsThereIsRoom() async throws {
    try await withHTTPServer(limits: limits, page) { _, port in
      let slow = try await hoard(port: port, streams: 10)
      let heads = try await slow.receive { Frame.parse($0).of(Frame.Kind.headers).count == 10 }
      #expect(Frame.parse(heads).goAway == nil)
      // Its window opens, and one of the answers is there.
      try await slow.send(Frame(Frame.Kind.windowUpdate, stream: 1, Frame.number(60_000)).bytes)
      _ = try await slow.receive { bytes in
        Frame.parse(bytes).of(Frame.Kind.data).reduce(0) { $0 + $1.payload.count } == 60_000
      }
      slow.close()
    }
  }

  @Test func peersThatTakeTheirAnswersAreServedMeanwhile() async throws {
    try await withHTTPServer(limits: limits, page) { _, port in
      let hoarders = try await hoard(port: port, streams: 30)
      _ = try await hoarders.receive { Frame.parse($0).of(Frame.Kind.headers).count == 30 }
      let another = try await hoard(port: port, streams: 30)
      _ = await another.rest()
      let good = try await RawClient.connect(
        port: port, first: Frame.opening + Frame.request(stream: 1))
      _ = try await good.receive { bytes in
        Frame.parse(bytes).of(Frame.Kind.data).reduce(0) { $0 + $1.payload.count } == 60_000
      }
      good.close()
      hoarders.close()
    }
  }
}
