import WeftRPC

/// The time of day as Go prints it.
enum WallClockText {
  static func now() -> String { text(seconds: Int(clamping: WallClock.now() / 1_000_000_000)) }

  /// As Go's `time.Time` is printed.
  /// - Parameter seconds: since 1970-01-01T00:00:00Z.
  static func text(seconds: Int) -> String {
    let (date, time) = parts(seconds)
    return "\(date) \(time) +0000 UTC"
  }

  /// RFC 3339, to the second.
  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
  static func rfc3339(milliseconds: Int64) -> String {
    let (date, time) = parts(Int(clamping: milliseconds / 1_000))
    return "\(date)T\(time)Z"
  }

  private static func parts(_ seconds: Int) -> (date: String, time: String) {
    // Days since 0000-03-01, so that the leap day is the last of its year.
    let days = seconds / 86_400 + 719_468
    let second = seconds % 86_400
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    let date = [two(month < 10 ? month + 3 : month - 9), two(dayOfYear - (153 * month + 2) / 5 + 1)]
    let time = [second / 3_600, second / 60 % 60, second % 60].map(two)
    return ("\(year)-\(date.joined(separator: "-"))", time.joined(separator: ":"))
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
