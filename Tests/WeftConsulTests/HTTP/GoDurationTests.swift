import Testing

@testable import WeftConsul

@Suite struct GoDurationTests {
  @Test(arguments: [
    ("0", Duration.zero), ("10s", .seconds(10)), ("300ms", .milliseconds(300)), ("1.5h", .seconds(5_400)),
    ("1m30s", .seconds(90)), ("2h45m", .seconds(9_900)), ("-5s", .seconds(-5)), ("+5s", .seconds(5)),
    ("1us", .microseconds(1)), ("1µs", .microseconds(1)), ("12ns", .nanoseconds(12)),
    (".5s", .milliseconds(500)),
    ("1.s", .seconds(1)), ("0h0m0.3s", .milliseconds(300)), ("0s", .zero),
  ])
  func readsWhatGoReads(text: String, duration: Duration) {
    #expect(GoDuration.parse(text) == duration)
  }

  @Test(arguments: [
    "", "-", "10", "s", ".s", "1x", "1 s", "long", "1s2", "1..5s", "9999999999h", "1e3s", "٣s",
  ])
  func refusesWhatGoRefuses(text: String) {
    #expect(GoDuration.parse(text) == nil)
  }

  @Test(arguments: [
    (Duration.zero, "0s"), (.seconds(10), "10s"), (.seconds(90), "1m30s"), (.seconds(7_200), "2h0m0s"),
    (.milliseconds(1_500), "1.5s"), (.milliseconds(100), "100ms"), (.microseconds(1_500), "1.5ms"),
    (.nanoseconds(7), "7ns"), (.seconds(-90), "-1m30s"), (.milliseconds(60_250), "1m0.25s"),
  ])
  func writesAsGoWrites(duration: Duration, text: String) {
    #expect(GoDuration.format(duration) == text)
  }
}
