/// Who may be silent until when.
///
/// Renewing is one dictionary update: the heap entry of a lease stays where it is, and is put back with the
/// new deadline when it comes up. So fifty thousand heartbeats a second cost no heap work at all.
struct LeaseTable<Key: Hashable & Sendable>: Sendable {
  private struct Lease {
    var duration: Duration
    var deadline: Duration
    /// Its removal has been asked for and is not committed yet. Until then it cannot be renewed: whoever
    /// tries is told that it is unknown and registers again, behind the removal.
    var isExpiring = false
    /// Tells its heap entry from those of earlier leases with the same key.
    var entry: UInt64
    var entryDeadline: Duration
  }

  private struct Entry: Comparable {
    var deadline: Duration
    var number: UInt64
    var key: Key

    static func < (a: Entry, b: Entry) -> Bool { a.deadline < b.deadline }
    static func == (a: Entry, b: Entry) -> Bool { a.number == b.number }
  }

  private var leases: [Key: Lease] = [:]
  private var heap = BinaryHeap<Entry>()
  private var lastEntry: UInt64 = 0
  /// Time that counts against nobody, because the registry itself was not there to hear them.
  private var excused: Duration = .zero

  var count: Int { leases.count }
  /// Heap entries, those of dropped leases included: bounded by the number of leases.
  var queuedEntries: Int { heap.count }

  /// Starts a lease, or starts it anew.
  mutating func grant(_ key: Key, for duration: Duration, now: Duration) {
    let deadline = now - excused + duration
    if var lease = leases[key], !lease.isExpiring {
      lease.duration = duration
      lease.deadline = deadline
      leases[key] = lease
      // Only a lease that became shorter must come up earlier than it would.
      if deadline < lease.entryDeadline { enqueue(key, at: deadline) }
    } else {
      leases[key] = Lease(duration: duration, deadline: deadline, entry: 0, entryDeadline: deadline)
      enqueue(key, at: deadline)
    }
  }

  /// Starts the lease anew; false when there is none, or when it is about to go.
  mutating func renew(_ key: Key, now: Duration) -> Bool {
    guard let index = leases.index(forKey: key), !leases.values[index].isExpiring else { return false }
    leases.values[index].deadline = now - excused + leases.values[index].duration
    return true
  }

  mutating func drop(_ key: Key) {
    leases[key] = nil
    if heap.count > 2 * leases.count + 1_024 { rebuildHeap() }
  }

  func isExpiring(_ key: Key) -> Bool {
    leases[key]?.isExpiring ?? false
  }

  /// Takes up to `limit` leases that have run out. They stay expiring until dropped, granted or spared.
  mutating func takeExpired(now: Duration, limit: Int) -> [Key] {
    let now = now - excused
    var expired: [Key] = []
    while expired.count < limit, let first = heap.first, first.deadline <= now {
      heap.removeFirst()
      guard let lease = leases[first.key], lease.entry == first.number else { continue }
      if lease.deadline <= now {
        leases[first.key]?.isExpiring = true
        expired.append(first.key)
      } else {
        enqueue(first.key, at: lease.deadline)
      }
    }
    return expired
  }

  /// The removal failed: the instance is still there, can be renewed, and comes up again after `delay`.
  mutating func spare(_ key: Key, for delay: Duration, now: Duration) {
    guard isExpiring(key) else { return }
    let deadline = now - excused + delay
    leases[key]?.isExpiring = false
    leases[key]?.deadline = deadline
    enqueue(key, at: deadline)
  }

  /// Nobody's lease ran during this time.
  mutating func excuse(_ duration: Duration) {
    excused += duration
  }

  /// Nothing can expire before this instant.
  var nextDeadline: Duration? {
    heap.first.map { $0.deadline + excused }
  }

  private mutating func enqueue(_ key: Key, at deadline: Duration) {
    lastEntry += 1
    leases[key]?.entry = lastEntry
    leases[key]?.entryDeadline = deadline
    heap.insert(Entry(deadline: deadline, number: lastEntry, key: key))
  }

  /// Drops the entries of leases that are gone.
  private mutating func rebuildHeap() {
    heap = BinaryHeap(
      leases.compactMap { key, lease in
        lease.isExpiring ? nil : Entry(deadline: lease.entryDeadline, number: lease.entry, key: key)
      })
  }
}
