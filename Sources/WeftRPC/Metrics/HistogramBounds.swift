/// The upper bounds of a histogram's buckets, and how to find the bucket of a value in a few steps.
///
/// Values are whole numbers of a small unit (nanoseconds, bytes), so that cells can be plain atomics.
final class HistogramBounds: @unchecked Sendable {
  // Sound as `Sendable`: nothing changes after `init`, and the memory lives as long as this object.

  /// Ascending. A value belongs to the first bound that it does not exceed; one more bucket has no bound.
  let values: [UInt64]
  /// What one of the metric's own unit is in the unit of `values`.
  let unit: Double
  private let bounds: UnsafeMutablePointer<UInt64>
  /// For each count of significant bits, the first bound that a value with so many can belong to.
  private let firsts: UnsafeMutablePointer<Int>

  /// Durations in nanoseconds, told in seconds: the bounds of gRFC A66.
  static let latency = HistogramBounds(
    [
      0, 10_000, 50_000, 100_000, 300_000, 600_000, 800_000, 1_000_000, 2_000_000, 3_000_000, 4_000_000,
      5_000_000, 6_000_000, 8_000_000, 10_000_000, 13_000_000, 16_000_000, 20_000_000, 25_000_000, 30_000_000,
      40_000_000, 50_000_000, 65_000_000, 80_000_000, 100_000_000, 130_000_000, 160_000_000, 200_000_000,
      250_000_000, 300_000_000, 400_000_000, 500_000_000, 650_000_000, 800_000_000, 1_000_000_000,
      2_000_000_000, 5_000_000_000, 10_000_000_000, 20_000_000_000, 50_000_000_000, 100_000_000_000,
    ], unit: 1e9)

  /// Sizes in bytes: the bounds of gRFC A66.
  static let size = HistogramBounds(
    [
      0, 1_024, 2_048, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
      268_435_456, 1_073_741_824, 4_294_967_296,
    ], unit: 1)

  /// Values of any kind, from thousandths to thousands of millions: 1, 2 and 5 in each power of ten.
  static let general = HistogramBounds(
    [0] + (0...12).flatMap { power in [1, 2, 5].map { $0 * general(tenTo: power) } }, unit: 1e3)

  private static func general(tenTo power: Int) -> UInt64 {
    (0..<power).reduce(1) { value, _ in value * 10 }
  }

  init(_ values: [UInt64], unit: Double) {
    self.values = values
    self.unit = unit
    bounds = .allocate(capacity: values.count)
    for (index, value) in values.enumerated() { (bounds + index).initialize(to: value) }
    firsts = .allocate(capacity: UInt64.bitWidth + 1)
    for bits in 0...UInt64.bitWidth {
      let smallest: UInt64 = bits == 0 ? 0 : 1 << UInt64(bits - 1)
      (firsts + bits).initialize(to: values.firstIndex { $0 >= smallest } ?? values.count)
    }
  }

  deinit {
    bounds.deallocate()
    firsts.deallocate()
  }

  /// The index of a value's bucket; `values.count` is the one without a bound.
  @inline(__always)
  func bucket(of value: UInt64) -> Int {
    var index = firsts[UInt64.bitWidth - value.leadingZeroBitCount]
    while index < values.count, value > bounds[index] { index += 1 }
    return index
  }
}
