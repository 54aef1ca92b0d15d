/// When keys were removed: what keeps the index of a prefix from falling when its newest key goes.
///
/// Only the newest removals are remembered one by one; for all others there is the ``floor``. A prefix whose
/// index is lifted by it costs its watchers one look for nothing, and never a missed change.
struct Graveyard: Sendable {
  /// Removals up to here are not remembered.
  private(set) var floor: UInt64
  private var stones = OrderedMap<KeyName, UInt64>()
  /// Removals in order; from ``head`` on they are remembered, unless the key has come back since.
  private var order: [(name: KeyName, revision: UInt64)] = []
  private var head = 0
  private let limit: Int

  init(floor: UInt64, limit: Int) {
    self.floor = floor
    self.limit = limit
  }

  var count: Int { stones.count }

  mutating func bury(_ name: KeyName, at revision: UInt64) {
    stones.set(name, to: revision)
    order.append((name, revision))
    while order.count - head > limit {
      let oldest = order[head]
      head += 1
      floor = max(floor, oldest.revision)
      if stones[oldest.name] == oldest.revision { stones.remove(oldest.name) }
    }
    if head > 1_024, head > order.count / 2 {
      order.removeSubrange(..<head)
      head = 0
    }
  }

  /// The newest removal of this key that may have been.
  func revision(of name: KeyName) -> UInt64 {
    max(floor, stones[name] ?? 0)
  }

  /// The newest removal below this prefix that may have been.
  func revision(prefix: KeyName) -> UInt64 {
    var newest = floor
    stones.forEach(prefix: prefix) { _, revision in newest = max(newest, revision) }
    return newest
  }

  /// The keys below this prefix that were removed after a revision, which must not lie below the floor.
  func removals(prefix: KeyName, after revision: UInt64) -> [(name: KeyName, revision: UInt64)] {
    var removals: [(KeyName, UInt64)] = []
    stones.forEach(prefix: prefix) { if $1 > revision { removals.append(($0, $1)) } }
    return removals
  }
}
