import Foundation

/// Repeats a property with random input for `WEFT_FUZZ_SECONDS`, or 5000 times.
enum FuzzTime {
  static func run(_ property: (inout SystemRandomNumberGenerator) throws -> Void) rethrows {
    var generator = SystemRandomNumberGenerator()
    let seconds = ProcessInfo.processInfo.environment["WEFT_FUZZ_SECONDS"].flatMap { Double($0) }
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    var rounds = 0
    while end.map({ ContinuousClock.now < $0 }) ?? (rounds < 5_000) {
      try property(&generator)
      rounds += 1
    }
  }
}
