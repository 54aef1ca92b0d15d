/// Durations as people and tools read them.
enum TimeText {
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
}
