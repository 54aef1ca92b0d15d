import Synchronization

/// The counts of one histogram, updated without a lock.
final class HistogramCells: @unchecked Sendable {
  // Sound as `Sendable`: the cells are atomics whose memory lives as long as this object.

  /// Upper bounds in nanoseconds. The last bucket has none.
  static let bounds: [UInt64] = [
    50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
    100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    30_000_000_000,
  ]

  struct Snapshot {
    /// One for each bound, and one for what is above all of them. Not cumulative.
    var buckets: [UInt64]
    var sumNanoseconds: UInt64
    var count: UInt64 { buckets.reduce(0, +) }
  }

  private let cells: UnsafeMutablePointer<Atomic<UInt64>>
  private static let cellCount = bounds.count + 2

  init() {
    cells = .allocate(capacity: Self.cellCount)
    for index in 0..<Self.cellCount { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: Self.cellCount)
    cells.deallocate()
  }

  func record(nanoseconds: UInt64) {
    var bucket = 0
    while bucket < Self.bounds.count, nanoseconds > Self.bounds[bucket] { bucket += 1 }
    cells[bucket].wrappingAdd(1, ordering: .relaxed)
    cells[Self.cellCount - 1].wrappingAdd(nanoseconds, ordering: .relaxed)
  }

  func snapshot() -> Snapshot {
    Snapshot(
      buckets: (0...Self.bounds.count).map { cells[$0].load(ordering: .relaxed) },
      sumNanoseconds: cells[Self.cellCount - 1].load(ordering: .relaxed))
  }
}
