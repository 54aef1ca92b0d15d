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
    #expect(count < 600, "256, and what a slow machine forgives meanwhile")
    #expect(server.session.streams.isEmpty)
  }

  /// Calls that are reset; each is one read, and so is each reset.
  private func cancels(_ count: Int, on server: Engine, after pauses: Int, answering: Bool = false) -> Int {
    let ping = Frame(Frame.Kind.ping, flags: Frame.ack, [UInt8](repeating: 0, count: 8)).bytes
    for index in 0..<count {
      let stream = UInt32(index * 4 + 1)
      var frames = server.exchange(Frame.request(stream: stream, end: false))
      if answering { frames += server.exchange(Frame.request(stream: stream + 2)) }
      for _ in 0..<pauses { server.receive(ping) }
      frames += server.exchange(
        Frame(Frame.Kind.reset, stream: stream, Frame.number(HTTP2ErrorCode.cancel)).bytes)
      if frames.goAway != nil || server.failure != nil { return index }
    }
    return count
  }

  @Test func callsThatAreTakenBackLaterAreNoFlood() throws {
    let server = try server()
    let taken = cancels(900, on: server, after: Int(HTTP2Session.hastyReads))
    #expect(taken == 900)
  }

  @Test func callsThatAreTakenBackAmongAnsweredOnesAreNoFlood() throws {
    let server = try server()
    let taken = cancels(900, on: server, after: 0, answering: true)
    #expect(taken == 900)
  }

  @Test func callsThatAreTakenBackOneByOneAreOne() throws {
    let server = try server()
    let taken = cancels(900, on: server, after: 0)
    #expect(taken < 400)
  }

  /// SETTINGS that change the window, while streams are open.
  private func windowChange(_ size: UInt32) -> [UInt8] {
    Frame(Frame.Kind.settings, [0, 4] + Frame.number(size)).bytes
  }

  @Test func shrinkingWindowsEndTheConnection() throws {
    let server = try server()
    server.answer = { _ in }
    for index in 0..<200 { server.receive(Frame.request(stream: UInt32(index * 2 + 1))) }
    var ended: Int?
    for index in 0..<1000 {
      let frames = server.exchange(windowChange(index % 2 == 0 ? 0 : 65_535))
      if frames.goAway != nil || server.failure != nil {
        #expect(frames.goAway == HTTP2ErrorCode.enhanceYourCalm)
        ended = index
        break
      }
    }
    let count = try #require(ended)
    #expect(count < 60)
  }

  @Test func windowThatGrowsWithTheNetworkIsNoFlood() throws {
    let server = try server()
    server.answer = { _ in }
    for index in 0..<250 { server.receive(Frame.request(stream: UInt32(index * 2 + 1))) }
    for power in 0..<12 {
      let frames = server.exchange(windowChange(UInt32(65_535) << min(power, 14)))
      #expect(frames.goAway == nil)
    }
    #expect(server.failure == nil)
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
