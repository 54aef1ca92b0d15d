#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Google_Protobuf_Timestamp {
  public init(seconds: Int64, nanos: Int32 = 0) {
    self.init()
    self.seconds = seconds
    self.nanos = nanos
  }

  /// The wall clock.
  public static func now() -> Self {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Self(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
  }

  /// Seconds since 1970-01-01T00:00:00Z, to about a microsecond. Nil outside of the years 1 to 9999.
  public init?(secondsSince1970 seconds: Double) {
    let range = TimestampText.seconds
    guard seconds >= Double(range.lowerBound), seconds < Double(range.upperBound) else { return nil }
    let whole = seconds.rounded(.down)
    let nanos = ((seconds - whole) * 1e9).rounded()
    self.init(seconds: Int64(whole) + (nanos >= 1e9 ? 1 : 0), nanos: nanos >= 1e9 ? 0 : Int32(nanos))
  }

  public var secondsSince1970: Double { Double(seconds) + Double(nanos) / 1e9 }

  /// Reads RFC 3339 text; nil for anything else, and outside of the years 1 to 9999.
  public init?(rfc3339 text: String) {
    var text = text
    guard let parsed = text.withUTF8({ TimestampText.parse($0) }) else { return nil }
    self.init(seconds: parsed.seconds, nanos: parsed.nanos)
  }

  /// In UTC, with 0, 3, 6 or 9 decimal places; nil outside of the years 1 to 9999.
  public var rfc3339: String? {
    guard TimestampText.isValid(seconds: seconds, nanos: nanos) else { return nil }
    var sink = ByteSink(capacity: 32)
    TimestampText.write(seconds: seconds, nanos: nanos, to: &sink)
    return String(decoding: sink.bytes, as: UTF8.self)
  }
}

extension Google_Protobuf_Timestamp: Comparable {
  public static func < (earlier: Self, later: Self) -> Bool {
    (earlier.seconds, earlier.nanos) < (later.seconds, later.nanos)
  }
}
