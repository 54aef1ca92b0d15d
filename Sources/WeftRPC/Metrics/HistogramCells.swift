import Synchronization

/// The counts of one histogram, updated without a lock.
final class HistogramCells: @unchecked Sendable {
  // Sound as `Sendable`: the cells are atomics whose memory lives as long as this object.

  struct Snapshot: Sendable {
    let bounds: HistogramBounds
    /// One for each bound, and one for what is above all of them. Not cumulative.
    var buckets: [UInt64]
    /// In the unit of the bounds.
    var sum: UInt64
    var count: UInt64 { buckets.reduce(0, +) }
  }

  let bounds: HistogramBounds
  private let cells: UnsafeMutablePointer<Atomic<UInt64>>
  private let cellCount: Int

  init(_ bounds: HistogramBounds) {
    self.bounds = bounds
    cellCount = bounds.values.count + 2
    cells = .allocate(capacity: cellCount)
    for index in 0..<cellCount { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: cellCount)
    cells.deallocate()
  }

  @inline(__always)
  func record(_ value: UInt64) {
    cells[bounds.bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
    cells[cellCount - 1].wrappingAdd(value, ordering: .relaxed)
  }

  func snapshot() -> Snapshot {
    Snapshot(
      bounds: bounds, buckets: (0..<cellCount - 1).map { cells[$0].load(ordering: .relaxed) },
      sum: cells[cellCount - 1].load(ordering: .relaxed))
  }
}

extension HistogramCells.Snapshot {
  /// What came since an earlier snapshot of the same cells.
  func since(_ earlier: Self) -> Self {
    Self(
      bounds: bounds, buckets: zip(buckets, earlier.buckets).map { $0 &- $1 }, sum: sum &- earlier.sum)
  }

  mutating func add(_ other: Self) {
    buckets = zip(buckets, other.buckets).map { $0 &+ $1 }
    sum &+= other.sum
  }

  /// The value that the given share of all values does not exceed, in the metric's own unit: interpolated
  /// within its bucket, as Prometheus' `histogram_quantile` does. Nil when there is no value.
  func quantile(_ share: Double) -> Double? {
    let total = count
    if total == 0 { return nil }
    let rank = share * Double(total)
    var before: UInt64 = 0
    for (index, bucket) in buckets.enumerated() where bucket > 0 {
      if Double(before + bucket) >= rank {
        // Above the last bound nothing is known but that.
        guard index < bounds.values.count else { break }
        let low = index == 0 ? 0 : Double(bounds.values[index - 1])
        let high = Double(bounds.values[index])
        return (low + (high - low) * max(rank - Double(before), 0) / Double(bucket)) / bounds.unit
      }
      before += bucket
    }
    return bounds.values.last.map { Double($0) / bounds.unit }
  }
}
