import Synchronization

/// Bounds what peers make a server hold, over all its connections.
///
/// Flow control bounds a stream, but a peer may open 256 of them on each of many connections, let every
/// answer be made and take none of it (CVE-2019-9511, -9517), or begin a large message on each and end none.
package final class ByteBudget: Sendable {
  package let limit: Int
  private let queued = Atomic<Int>(0)
  private let holders = Atomic<Int>(0)

  package init(limit: Int) {
    self.limit = limit
  }

  package var isExceeded: Bool { queued.load(ordering: .relaxed) > limit }

  /// What one connection holds has changed.
  package func change(from old: Int, to new: Int) {
    queued.add(new - old, ordering: .relaxed)
    if (old == 0) != (new == 0) { holders.add(new == 0 ? -1 : 1, ordering: .relaxed) }
  }

  /// Whether the limit is exceeded and `bytes` are more than an equal part of it. When nobody over that may add,
  /// all together can hold the limit twice.
  package func isOverShare(_ bytes: Int) -> Bool {
    isExceeded && bytes > limit / max(holders.load(ordering: .relaxed), 1)
  }
}
