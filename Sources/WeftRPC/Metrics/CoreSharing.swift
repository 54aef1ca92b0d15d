#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lets others have the core now and then: long work of no hurry shares cores with event loops, whose callers wait.
struct CoreSharing {
  private var steps = 0

  /// Steps of about a microsecond each.
  private static let stepsInARow = 16

  /// Called after each small piece of the work.
  mutating func step() {
    steps += 1
    if steps % Self.stepsInARow == 0 { sched_yield() }
  }
}
