/// The text of a `google.protobuf.Timestamp`: RFC 3339, in UTC when written, with 0, 3, 6 or 9 decimal places.
enum TimestampText {
  /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
  static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  static func isValid(seconds: Int64, nanos: Int32) -> Bool {
    self.seconds.contains(seconds) && (0..<1_000_000_000).contains(nanos)
  }

  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (seconds: Int64, nanos: Int32)? {
    var scanner = ByteScanner(text)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), let date = CivilDate(year: year, month: month, day: day),
      scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2),
      scanner.take(":"), let second = scanner.digits(2), hour < 24, minute < 60, second < 60
    else { return nil }
    guard let nanos = scanner.fraction() else { return nil }
    var offset = 0
    if !scanner.take("Z") {
      let isEast = scanner.take("+")
      guard isEast || scanner.take("-"), let hours = scanner.digits(2), scanner.take(":"),
        let minutes = scanner.digits(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (isEast ? 60 : -60)
    }
    let total = Int64(date.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second - offset)
    guard scanner.isAtEnd, seconds.contains(total) else { return nil }
    return (total, nanos)
  }

  /// Only for valid timestamps.
  static func write(seconds: Int64, nanos: Int32, to sink: inout ByteSink) {
    let total = Int(seconds)
    let days = total >= 0 ? total / 86400 : (total - 86399) / 86400
    let date = CivilDate(daysSince1970: days)
    let second = total - days * 86400
    sink.digits(date.year, width: 4)
    sink.put("-")
    sink.digits(date.month, width: 2)
    sink.put("-")
    sink.digits(date.day, width: 2)
    sink.put("T")
    sink.digits(second / 3600, width: 2)
    sink.put(":")
    sink.digits(second / 60 % 60, width: 2)
    sink.put(":")
    sink.digits(second % 60, width: 2)
    sink.fraction(nanos)
    sink.put("Z")
  }
}
