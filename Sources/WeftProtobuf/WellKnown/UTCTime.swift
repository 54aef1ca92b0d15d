/// A time of the wall clock in UTC, as people and tools read it. By hand, because a formatter costs more than all else
/// in a line of a log.
package struct UTCTime: Sendable, Hashable {
  private let date: CivilDate
  private let second: Int
  private let millisecond: Int

  /// - Parameters:
  ///   - seconds: since 1970-01-01T00:00:00Z, held to the years 1 to 9999.
  ///   - milliseconds: on top, 0 to 999.
  package init(seconds: Int64, milliseconds: Int = 0) {
    let limits = TimestampText.seconds
    let total = Int(min(max(seconds, limits.lowerBound), limits.upperBound))
    let days = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
    date = CivilDate(daysSince1970: days)
    second = total - days * 86_400
    millisecond = milliseconds
  }

  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
  package init(milliseconds: Int64) {
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
    self.init(seconds: rest < 0 ? seconds - 1 : seconds, milliseconds: Int(rest < 0 ? rest + 1_000 : rest))
  }

  /// - Parameter nanoseconds: since 1970-01-01T00:00:00Z.
  package init(nanoseconds: UInt64) {
    self.init(milliseconds: Int64(nanoseconds / 1_000_000))
  }

  /// `2026-11-24`
  package var dateText: String {
    "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
  }

  /// `05:36:55`
  package var timeText: String {
    "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
  }

  /// RFC 3339 with milliseconds: `2026-11-24T05:36:55.123Z`.
  package var text: String { "\(dateText)T\(timeText).\(Self.padded(millisecond, 3))Z" }

  /// RFC 3339 to the second: `2026-11-24T05:36:55Z`.
  package var secondsText: String { "\(dateText)T\(timeText)Z" }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
