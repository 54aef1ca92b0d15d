import WeftRPC

/// The time of day, for people to read: nothing is decided by it.
enum WallTime {
  /// Since 1970-01-01T00:00:00Z, in whole milliseconds.
  static func now() -> Duration { .milliseconds(Int64(WallClock.now() / 1_000_000)) }
}
