import NIOCore
import Synchronization

/// Queries a second from each source, in memory that no number of sources makes grow.
///
/// Sources fall into a fixed number of buckets by a hash that is different in each process. Two that share a bucket
/// share its allowance, which is rare and does no harm that a flood would not do.
final class SourceLimiter: Sendable {
  enum Verdict: Sendable { case answer, sendToTCP, drop }

  private struct Bucket {
    /// When the bucket is full again, in nanoseconds.
    var fullAt: UInt64 = 0
    var refused: UInt32 = 0
  }

  private let buckets: Mutex<[Bucket]>
  private let nanosecondsPerQuery: UInt64
  private static let count = 4_096
  /// A whole second's queries may come at once.
  private static let burst: UInt64 = 1_000_000_000

  init(queriesPerSecond: Int) {
    nanosecondsPerQuery = 1_000_000_000 / UInt64(max(queriesPerSecond, 1))
    buckets = Mutex([Bucket](repeating: Bucket(), count: Self.count))
  }

  func admit(_ source: DNSSource, now: NIODeadline) -> Verdict {
    let index = Int(UInt(bitPattern: source.hashValue) % UInt(Self.count))
    let now = now.uptimeNanoseconds
    return buckets.withLock { buckets in
      let fullAt = max(buckets[index].fullAt, now) + nanosecondsPerQuery
      if fullAt - now <= Self.burst {
        buckets[index].fullAt = fullAt
        return .answer
      }
      buckets[index].refused &+= 1
      return buckets[index].refused % 2 == 1 ? .sendToTCP : .drop
    }
  }
}
