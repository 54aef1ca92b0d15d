import Synchronization

/// Draws the numbers that name traces and spans.
///
/// They must be spread well and never come twice; they are no secrets. So one seed from the system and a counter
/// whose values are scrambled (SplitMix64) do, and cost a few nanoseconds where the system's own generator costs a
/// system call.
enum TraceIDs {
  private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))

  /// Not zero, which stands for "none".
  static func next() -> UInt64 {
    while true {
      var value = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      value ^= value >> 31
      if value != 0 { return value }
    }
  }
}
