/// The text of a `google.protobuf.Duration`: seconds with 0, 3, 6 or 9 decimal places, and `s`.
enum DurationText {
  /// Ten thousand years either way.
  static let largest: Int64 = 315_576_000_000

  /// Both parts have the same sign.
  static func isValid(seconds: Int64, nanos: Int32) -> Bool {
    (-largest...largest).contains(seconds) && (-999_999_999...999_999_999).contains(nanos)
      && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0)
  }

  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (seconds: Int64, nanos: Int32)? {
    var scanner = ByteScanner(text)
    let isNegative = scanner.take("-")
    guard let seconds = scanner.number(atMost: 12), let nanos = scanner.fraction(), scanner.take("s"),
      scanner.isAtEnd, seconds <= largest
    else { return nil }
    return isNegative ? (-Int64(seconds), -nanos) : (Int64(seconds), nanos)
  }

  /// Only for valid durations.
  static func write(seconds: Int64, nanos: Int32, to sink: inout ByteSink) {
    if seconds < 0 || nanos < 0 { sink.put("-") }
    sink.unsigned(seconds.magnitude)
    sink.fraction(Int32(nanos.magnitude))
    sink.put("s")
  }
}
