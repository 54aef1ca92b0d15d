import Testing

@testable import WeftHTTP2

@Suite struct GoneStreamsTests {
  @Test func streamThatTheClientEndedIsClosed() {
    var gone = GoneStreams()
    gone.opened(1)
    gone.opened(3)
    #expect(gone.verdict(on: 1) == .streamClosed)
    #expect(gone.last == 3)
  }

  @Test func streamThatWasPassedOverWasNeverOpened() {
    var gone = GoneStreams()
    gone.opened(1)
    gone.opened(9)
    gone.opened(11)
    #expect([3, 5, 7].allSatisfy { gone.verdict(on: $0) == .neverOpened })
    #expect([1, 9].allSatisfy { gone.verdict(on: $0) == .streamClosed })
  }

  @Test func streamThatThisSideCutShortMayStillBeTalkedOn() {
    var gone = GoneStreams()
    gone.opened(1)
    gone.opened(3)
    gone.wasCutShort(1)
    #expect(gone.verdict(on: 1) == .ignore)
    #expect(gone.verdict(on: 3) == .streamClosed)
  }

  @Test func whatIsForgottenIsPassedOver() {
    var gone = GoneStreams()
    for id in stride(from: Int32(1), through: 2001, by: 2) {
      gone.opened(id)
      if id % 4 == 1 { gone.wasCutShort(id) }
    }
    // The last 128 that were cut short are known, and all below are given the benefit of the doubt.
    #expect(gone.verdict(on: 1999) == .streamClosed)
    #expect(gone.verdict(on: 2001) == .ignore)
    #expect(gone.verdict(on: 3) == .ignore)
  }
}
