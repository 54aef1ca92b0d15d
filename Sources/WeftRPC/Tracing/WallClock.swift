import Glibc
import WeftProtobuf

/// The system's clock, in the form of spans.
package enum WallClock {
  /// Nanoseconds since 1970, UTC.
  package static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
  }
}

extension UTCTime {
  package static func now() -> UTCTime { UTCTime(nanoseconds: WallClock.now()) }
}
