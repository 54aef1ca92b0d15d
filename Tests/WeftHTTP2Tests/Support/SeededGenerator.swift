import Foundation

/// Repeatable: a failure can be found again by its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Calls `body` with one seed after another: `count` of them, or for `WEFT_FUZZ_SECONDS`.
func fuzz(_ count: Int, _ body: (inout SeededGenerator, _ seed: UInt64) throws -> Void) rethrows {
  let seconds = ProcessInfo.processInfo.environment["WEFT_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
  let end = Date(timeIntervalSinceNow: seconds)
  var seed: UInt64 = 0
  while seed < UInt64(count) || Date() < end {
    var generator = SeededGenerator(seed)
    try body(&generator, seed)
    seed += 1
  }
}
