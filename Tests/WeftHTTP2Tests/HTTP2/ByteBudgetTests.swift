import Testing

@testable import WeftHTTP2

@Suite struct ByteBudgetTests {
  @Test func nobodyIsOverItsShareBelowTheLimit() {
    let budget = ByteBudget(limit: 100)
    budget.change(from: 0, to: 100)
    #expect(!budget.isExceeded)
    #expect(!budget.isOverShare(100))
  }

  @Test func overTheLimitWhoeverHoldsMoreThanAnEqualPartIsOverIt() {
    let budget = ByteBudget(limit: 100)
    budget.change(from: 0, to: 90)
    budget.change(from: 0, to: 20)
    #expect(budget.isExceeded)
    #expect(budget.isOverShare(90))
    #expect(!budget.isOverShare(20))
  }

  @Test func whatIsTakenIsForgotten() {
    let budget = ByteBudget(limit: 100)
    budget.change(from: 0, to: 90)
    budget.change(from: 0, to: 20)
    budget.change(from: 90, to: 0)
    #expect(!budget.isExceeded)
    budget.change(from: 20, to: 101)
    // The only one left has the whole limit for its part.
    #expect(budget.isOverShare(101))
  }
}
