import Glibc

/// Times and durations as people and tools read them.
enum TimeText {
  /// RFC 3339 in UTC with milliseconds.
  static func utc(_ nanoseconds: UInt64) -> String {
    var seconds = time_t(clamping: nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    let time = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
    return "\(date)T\(time).\(digits(Int32(nanoseconds / 1_000_000 % 1_000), 3))Z"
  }

  /// Three significant digits with a fitting unit: `840 µs`, `12.3 ms`, `2.05 s`.
  static func short(seconds: Double) -> String {
    switch seconds {
    case ..<1e-6: "\(Int((seconds * 1e9).rounded())) ns"
    case ..<1e-3: significant(seconds * 1e6) + " µs"
    case ..<1: significant(seconds * 1e3) + " ms"
    default: significant(seconds) + " s"
    }
  }

  /// Three significant digits, at least.
  static func significant(_ value: Double) -> String {
    let decimals: Double = value < 10 ? 100 : value < 100 ? 10 : 1
    let rounded = (value * decimals).rounded() / decimals
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
  }

  /// `3d 4h`, `4h 12m`, `12m 5s`, `5s`.
  static func long(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    let parts = [
      (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
    return parts[first..<min(first + 2, parts.count)].map { "\($0.0)\($0.1)" }.joined(separator: " ")
  }

  private static func digits(_ value: Int32, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
