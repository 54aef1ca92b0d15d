/// The answers that one connection leaves untaken, in a server's budget. While all is taken, nothing is counted.
struct UntakenOutput {
  let budget: ByteBudget
  private(set) var bytes = 0
  private var taken: UInt64 = 0
  /// Whether somebody looks at it now and then.
  var isWatched = false

  init(budget: ByteBudget) {
    self.budget = budget
  }

  /// Notes what is queued now, and how much the peer has taken so far.
  ///
  /// - Returns: whether the connection should be cut off, as it holds more than its part, asked for more and took
  ///   nothing.
  mutating func update(queued: Int, taken: UInt64) -> Bool {
    let grew = queued > bytes
    budget.change(from: bytes, to: queued)
    bytes = queued
    let tookNothing = taken <= self.taken
    self.taken = taken
    return grew && tookNothing && budget.isOverShare(queued)
  }

  /// The connection is gone, and holds nothing any more.
  mutating func release() {
    budget.change(from: bytes, to: 0)
    bytes = 0
  }
}
