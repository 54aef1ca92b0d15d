import Testing
import WeftRPC

@testable import weft

@Suite struct CommandDeadlineTests {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("5", .seconds(5)), ("0.5", .seconds(0.5)),
  ])
  func timeIsReadWithItsUnitAndInSecondsWithout(_ text: String, _ duration: Duration) throws {
    #expect(try CommandDeadline.parse(text) == duration)
  }

  @Test(arguments: ["", "-1", "abc", "nan", "inf", "1e300", "5 apples"])
  func whatIsNoTimeIsRefused(_ text: String) {
    #expect(throws: (any Error).self) { try CommandDeadline.parse(text) }
  }

  @Test func everyCallOfTheCommandHasItsDeadline() async throws {
    let before = ContinuousClock.now
    let (deadline, own) = try await CommandDeadline.run(.seconds(60)) {
      (CallScope.current?.deadline, CommandDeadline.or(.seconds(10)))
    }
    let given = try #require(deadline)
    #expect(given >= before + .seconds(60))
    #expect(own == nil)
  }

  @Test func withoutADeadlineEachCallHasItsOwn() async throws {
    let (scope, own) = try await CommandDeadline.run(nil) {
      (CallScope.current, CommandDeadline.or(.seconds(10)))
    }
    #expect(scope == nil)
    #expect(own == .seconds(10))
  }
}
