import Testing

@testable import WeftRPC

@Suite struct HistogramTests {
  @Test(arguments: [HistogramBounds.latency, HistogramBounds.size].map(\.values))
  func aValueBelongsToTheFirstBoundThatItDoesNotExceed(bounds: [UInt64]) {
    let histogram = HistogramBounds(bounds, unit: 1)
    for (index, bound) in bounds.enumerated() {
      #expect(histogram.bucket(of: bound) == index)
      #expect(histogram.bucket(of: bound + 1) == index + 1)
      if bound > 0 { #expect(histogram.bucket(of: bound - 1) <= index) }
    }
    #expect(histogram.bucket(of: .max) == bounds.count)
  }

  @Test func everyBucketIsFoundAsASearchOfAllBoundsFindsIt() {
    let bounds = HistogramBounds.latency
    for _ in 0..<10_000 {
      let value = UInt64.random(in: 0 ... .max) >> UInt64.random(in: 0...63)
      #expect(bounds.bucket(of: value) == bounds.values.firstIndex { value <= $0 } ?? bounds.values.count)
    }
  }

  @Test func quantilesAreInterpolatedWithinTheirBucket() throws {
    let cells = HistogramCells(HistogramBounds([10, 20, 40], unit: 1))
    for _ in 0..<50 { cells.record(15) }
    for _ in 0..<50 { cells.record(30) }
    let now = cells.snapshot()
    #expect(now.quantile(0.5) == 20)
    #expect(now.quantile(0.25) == 15)
    #expect(now.quantile(0.75) == 30)
    #expect(now.sum == 50 * 45)
  }

  @Test func aQuantileOfNothingIsNothingAndOneAboveAllBoundsIsTheLast() {
    let cells = HistogramCells(HistogramBounds([10, 20], unit: 10))
    #expect(cells.snapshot().quantile(0.5) == nil)
    cells.record(1_000)
    #expect(cells.snapshot().quantile(0.99) == 2)
  }

  @Test func aDifferenceOfSnapshotsHoldsWhatCameBetween() {
    let cells = HistogramCells(.size)
    cells.record(100)
    let before = cells.snapshot()
    cells.record(5_000)
    let between = cells.snapshot().since(before)
    #expect(between.count == 1)
    #expect(between.sum == 5_000)
  }
}
