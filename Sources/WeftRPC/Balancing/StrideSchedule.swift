/// Gives each of several turns in proportion to its weight, evenly spread (static stride scheduling).
///
/// No state but the number of the turn, so that any number of tasks may take turns without a lock.
struct StrideSchedule: Sendable {
  /// Scaled so that the greatest is ``full``.
  private let weights: [UInt64]

  private static let full: UInt64 = .init(UInt16.max)

  /// - Parameter weights: those under 1 count as 1.
  init(_ weights: [Int]) {
    let weights = weights.map { max($0, 1) }
    let greatest = Double(weights.max() ?? 1)
    self.weights = weights.map { max(UInt64((Double($0) / greatest * Double(Self.full)).rounded()), 1) }
  }

  /// - Parameter nextTurn: counts up; asked once or more.
  /// - Returns: an index of the weights; nil when there are none.
  func pick(_ nextTurn: () -> Int) -> Int? {
    guard !weights.isEmpty else { return nil }
    while true {
      let turn = UInt64(truncatingIfNeeded: nextTurn())
      let index = Int(turn % UInt64(weights.count))
      let round = turn / UInt64(weights.count)
      let weight = weights[index]
      // Those of full weight have a turn in every round, the others where their share adds up to one. The offset
      // keeps those of equal weight from taking theirs in the same rounds.
      let share = (weight &* round &+ UInt64(index) &* (Self.full / 2)) % Self.full
      if share >= Self.full - weight { return index }
    }
  }
}
