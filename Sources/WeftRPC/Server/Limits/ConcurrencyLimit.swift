/// How many calls are served at a time. Those that are over it are refused, with the time after which it makes
/// sense to try again (`grpc-retry-pushback-ms`, gRFC A6).
public struct ConcurrencyLimit: Sendable, Hashable {
  enum Kind: Hashable {
    case fixed(Int)
    case adaptive(AdaptiveLimit.Settings)
  }

  let kind: Kind
  /// When refused callers are told to come back, give or take half of it.
  public var pushback: Duration = .milliseconds(100)

  /// At most `count` calls, streams included. Further ones end at once with RESOURCE_EXHAUSTED, before their
  /// message is read.
  public static func fixed(_ count: Int) -> ConcurrencyLimit {
    ConcurrencyLimit(kind: .fixed(max(count, 1)))
  }

  /// As many unary calls as can be served without their taking much longer than in quiet times. The limit is found
  /// by watching how long calls take. Further ones wait for a place for 10 ms, or as long as a call takes in quiet
  /// times, or 40 us for each that waits, whichever is most, but at most 250 ms; then they end with UNAVAILABLE, so
  /// that clients try another server.
  ///
  /// Streams are not counted: how long they go on says nothing of the load.
  ///
  /// - Parameters:
  ///   - range: the limit never leaves it.
  ///   - tolerance: how many times as long as in quiet times calls may take, at least 1.
  public static func adaptive(
    _ range: ClosedRange<Int> = 8...1000, tolerance: Double = 2
  ) -> ConcurrencyLimit {
    let lower = max(range.lowerBound, 1)
    return ConcurrencyLimit(
      kind: .adaptive(.init(range: lower...max(range.upperBound, lower), tolerance: max(tolerance, 1))))
  }

  /// Tells of a limit.
  static func gauge(of subject: String) -> MetricGauge {
    MetricsRegistry.shared.gauge(
      "weft_server_concurrency_limit", ["subject": subject],
      help: "Calls that are served at a time before more are refused.")
  }
}
