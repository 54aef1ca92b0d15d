import Testing

@testable import WeftRPC

/// How turns are spread over weights.
@Suite struct StrideScheduleTests {
  private func turns(_ weights: [Int], _ count: Int) -> [Int?] {
    let schedule = StrideSchedule(weights)
    var turn = 0
    return (0..<count).map { _ in
      schedule.pick {
        defer { turn += 1 }
        return turn
      }
    }
  }

  @Test(arguments: [[1, 1], [3, 1], [1, 2, 3], [5, 5, 5], [100, 200, 1000], [0, -7], [65_535, 1]])
  func everyoneHasItsShare(_ weights: [Int]) {
    let real = weights.map { Double(max($0, 1)) }
    let total = real.reduce(0, +)
    let count = 20_000
    let picked = turns(weights, count)
    for (index, weight) in real.enumerated() {
      let share = Double(picked.count { $0 == index })
      #expect(abs(share - Double(count) * weight / total) <= Double(count) * 0.01)
    }
  }

  @Test func turnsOfOneAreNotBunched() {
    let picked = turns([3, 1], 400)
    let places = picked.indices.filter { picked[$0] == 1 }
    #expect(places.count >= 99)
    for (place, next) in zip(places, places.dropFirst()) { #expect((3...5).contains(next - place)) }
  }

  @Test func nobodyHasATurnWhereThereIsNobody() {
    #expect(turns([], 1) == [nil])
  }
}
