import Foundation

/// Calls `body` with one seed after another: `count` of them, and more for as long as `WEFT_FUZZ_SECONDS` says.
public func fuzz(_ count: Int, _ body: (inout SeededRandom) throws -> Void) rethrows {
  let seconds = ProcessInfo.processInfo.environment["WEFT_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
  let end = ContinuousClock.now + .seconds(seconds)
  var seed: UInt64 = 0
  while seed < UInt64(count) || ContinuousClock.now < end {
    var random = SeededRandom(seed: seed)
    try body(&random)
    seed += 1
  }
}

/// The sanitizer that the tests run under; nil without one. Some tests measure what it changes.
public var sanitizer: String? { ProcessInfo.processInfo.environment["WEFT_SANITIZER"] }
