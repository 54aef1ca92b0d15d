import Synchronization

/// Bounds what peers leave untaken of the answers that they asked for, over all connections of a server.
///
/// Flow control bounds a stream, but a peer may open 256 of them on each of many connections, let every
/// answer be made and take none of it (CVE-2019-9511, -9517). While all is taken, nothing is counted here.
final class OutputBudget: Sendable {
  let limit: Int
  private let queued = Atomic<Int>(0)
  private let holders = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  var isExceeded: Bool { queued.load(ordering: .relaxed) > limit }

  /// What one connection holds has changed.
  func change(from old: Int, to new: Int) {
    queued.add(new - old, ordering: .relaxed)
    if (old == 0) != (new == 0) { holders.add(new == 0 ? -1 : 1, ordering: .relaxed) }
  }

  /// Whether the limit is exceeded and `bytes` are more than an equal part of it. When nobody over that may add,
  /// all together can hold the limit twice.
  func isOverShare(_ bytes: Int) -> Bool {
    isExceeded && bytes > limit / max(holders.load(ordering: .relaxed), 1)
  }
}

/// What one connection holds of an ``OutputBudget``.
struct OutputAccount {
  let budget: OutputBudget
  private(set) var bytes = 0
  private var taken: UInt64 = 0
  /// Whether somebody looks at it now and then.
  var isWatched = false

  init(budget: OutputBudget) {
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
