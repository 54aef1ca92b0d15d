import Testing

@testable import WeftProtobuf

@Suite struct UTCTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_399_007, "2000-02-28T23:59:59.007Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_709_164_800_001, "2024-02-29T00:00:00.001Z"), (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
    (4_107_542_400_050, "2100-03-01T00:00:00.050Z"), (.max, "9999-12-31T23:59:59.807Z"),
    (.min, "0001-01-01T00:00:00.192Z"),
  ])
  func timesFollowTheGregorianCalendar(milliseconds: Int64, text: String) {
    #expect(UTCTime(milliseconds: milliseconds).text == text)
  }

  @Test func clocksCountNanoseconds() {
    #expect(UTCTime(nanoseconds: 1_700_000_000_123_999_999).text == "2023-11-14T22:13:20.123Z")
    #expect(UTCTime(seconds: 1_700_000_000).secondsText == "2023-11-14T22:13:20Z")
  }
}
