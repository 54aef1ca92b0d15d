import NIOCore
import Testing

@testable import WeftHTTP2

/// Floods: what a peer gets for making a server work for nothing.
@Suite struct FloodTests {
  /// Sends `frame` again and again, as reads that are not followed by a write.
  ///
  /// - Returns: how many were taken before the connection ended.
  private func flood(_ server: Engine, upTo limit: Int, _ frame: (Int) -> [UInt8]) -> Int {
    for count in 0..<limit {
      server.receive(frame(count))
      if server.failure != nil || server.session.isFinished { return count }
    }
    return limit
  }

  private func server() throws -> Engine {
    let server = try Engine(.server)
    _ = server.exchange(Frame.opening)
    return server
  }

  @Test func unansweredPingsEndTheConnection() throws {
    let server = try server()
    let ping = Frame(Frame.Kind.ping, [UInt8](repeating: 7, count: 8)).bytes
    #expect(flood(server, upTo: 5000) { _ in ping } < 1000)
  }

  @Test func unansweredSettingsEndTheConnection() throws {
    let server = try server()
    let settings = Frame(Frame.Kind.settings).bytes
    #expect(flood(server, upTo: 5000) { _ in settings } < 1000)
  }

  @Test func settingsWithTooManyEntriesEndTheConnection() throws {
    let server = try server()
    let entries = [UInt8]((0..<200).flatMap { _ in [0, 3, 0, 0, 0, 100] as [UInt8] })
    let frames = server.exchange(Frame(Frame.Kind.settings, entries).bytes)
    #expect(server.failure != nil || frames.goAway == HTTP2ErrorCode.enhanceYourCalm)
  }

  @Test func rapidResetsEndTheConnection() throws {
    let server = try server()
    server.answer = { _ in }
    var ended: Int?
    for index in 0..<5000 {
      let stream = UInt32(index * 2 + 1)
      let frames = server.exchange(
        Frame.request(stream: stream)
          + Frame(Frame.Kind.reset, stream: stream, Frame.number(HTTP2ErrorCode.cancel)).bytes)
      if frames.goAway != nil || server.failure != nil {
        ended = index
        break
      }
    }
    let count = try #require(ended)
    #expect(count < 2000)
    #expect(server.session.streams.isEmpty)
  }

  @Test func streamsThatTheServerIsMadeToResetEndTheConnection() throws {
    // "MadeYouReset": every request is followed by a frame that forces the server to reset it.
    let server = try server()
    server.answer = { _ in }
    var ended: Int?
    for index in 0..<5000 {
      let stream = UInt32(index * 2 + 1)
      let frames = server.exchange(
        Frame.request(stream: stream)
          + Frame(Frame.Kind.windowUpdate, stream: stream, Frame.number(0x7fff_ffff)).bytes)
      if frames.goAway != nil || server.failure != nil {
        ended = index
        break
      }
    }
    let count = try #require(ended)
    #expect(count < 2000)
    #expect(server.session.isFinished)
  }
}
