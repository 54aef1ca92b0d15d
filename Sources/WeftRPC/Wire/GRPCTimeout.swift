/// The `grpc-timeout` header: at most eight digits and a unit (gRPC's `PROTOCOL-HTTP2`, Timeout).
package enum GRPCTimeout {
  /// - Returns: nil when the text is no timeout.
  package static func parse(_ text: String) -> Duration? {
    var text = text.utf8[...]
    guard let unit = text.popLast(), (1...8).contains(text.count) else { return nil }
    var value: Int64 = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    switch unit {
    case UInt8(ascii: "H"): return .seconds(value * 3600)
    case UInt8(ascii: "M"): return .seconds(value * 60)
    case UInt8(ascii: "S"): return .seconds(value)
    case UInt8(ascii: "m"): return .milliseconds(value)
    case UInt8(ascii: "u"): return .microseconds(value)
    case UInt8(ascii: "n"): return .nanoseconds(value)
    default: return nil
    }
  }

  /// The finest unit that eight digits can hold, rounded up, so that a deadline is never told too early.
  static func format(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 0 || (seconds == 0 && attoseconds <= 0) { return "1n" }
    let limit: Int64 = 99_999_999
    let nanos = attoseconds / 1_000_000_000
    if seconds == 0, nanos <= limit { return "\(max(nanos, 1))n" }
    if seconds < 99 { return "\(seconds * 1_000_000 + (nanos + 999) / 1000)u" }
    if seconds < 99_999 { return "\(seconds * 1000 + (nanos + 999_999) / 1_000_000)m" }
    let whole = seconds + (nanos > 0 ? 1 : 0)
    if whole <= limit { return "\(whole)S" }
    if whole / 60 < limit { return "\(whole / 60 + 1)M" }
    return "\(min(whole / 3600 + 1, limit))H"
  }
}
