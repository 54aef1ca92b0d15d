#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The wall clock as RFC 3339 text in UTC with milliseconds: `2026-11-24T05:36:55.123Z`.
enum Timestamp {
  static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return format(seconds: Int(time.tv_sec), milliseconds: Int(time.tv_nsec) / 1_000_000)
  }

  static func format(seconds: Int, milliseconds: Int) -> String {
    let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
    let second = seconds - days * 86_400
    let date = civil(daysSinceEpoch: days)
    var text = ""
    text.reserveCapacity(24)
    append(date.year, 4, to: &text)
    text += "-"
    append(date.month, 2, to: &text)
    text += "-"
    append(date.day, 2, to: &text)
    text += "T"
    append(second / 3_600, 2, to: &text)
    text += ":"
    append(second / 60 % 60, 2, to: &text)
    text += ":"
    append(second % 60, 2, to: &text)
    text += "."
    append(milliseconds, 3, to: &text)
    text += "Z"
    return text
  }

  /// The Gregorian date of a day count, by way of 400-year eras that begin in March, so that the leap day is last.
  private static func civil(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = daysSinceEpoch + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  private static func append(_ value: Int, _ width: Int, to text: inout String) {
    let digits = String(value)
    for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
    text += digits
  }
}
