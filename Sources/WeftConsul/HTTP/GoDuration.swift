/// Durations as Go's `time` package reads and writes them: `1h15m30.918s`, `300ms`.
enum GoDuration {
  private static let units: [String: Int64] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]

  /// Nil for what is no duration, or longer than 292 years.
  static func parse(_ text: String) -> Duration? {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    if rest == "0" { return .zero }
    guard !rest.isEmpty else { return nil }
    var sum: Int64 = 0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCIIDigit || $0 == "." }
      rest.removeFirst(number.count)
      let unit = rest.prefix { !$0.isASCIIDigit && $0 != "." }
      rest.removeFirst(unit.count)
      guard let scale = units[String(unit)], let part = multiply(number, by: scale) else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(part)
      if overflow { return nil }
      sum = total
    }
    return .nanoseconds(isNegative ? -sum : sum)
  }

  private static func multiply(_ number: Substring, by scale: Int64) -> Int64? {
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, number != ".", !number.isEmpty else { return nil }
    let fraction = parts.count > 1 ? parts[1] : ""
    guard !fraction.contains("."), let units = whole.isEmpty ? 0 : Int64(whole) else { return nil }
    let (product, overflow) = units.multipliedReportingOverflow(by: scale)
    if overflow { return nil }
    var result = product
    var digitScale = scale
    for digit in fraction {
      digitScale /= 10
      let (sum, overflow) = result.addingReportingOverflow(digitScale * Int64(digit.wholeNumberValue ?? 0))
      if overflow { return nil }
      result = sum
    }
    return result
  }

  /// As Go counts durations; the nearest number for what does not fit.
  static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (total, overflows) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || overflows ? (seconds < 0 ? .min : .max) : total
  }

  /// The shortest form, as Go's `Duration.String` has it: `0s`, `1.5s`, `2h0m0s`.
  static func format(_ duration: Duration) -> String {
    let total = nanoseconds(duration)
    if total == 0 { return "0s" }
    let sign = total < 0 ? "-" : ""
    let amount = total.magnitude
    switch amount {
    case ..<1_000: return "\(sign)\(amount)ns"
    case ..<1_000_000: return sign + decimal(amount, 1_000) + "µs"
    case ..<1_000_000_000: return sign + decimal(amount, 1_000_000) + "ms"
    default: break
    }
    let minutes = amount / 60_000_000_000
    var text = sign
    if minutes >= 60 { text += "\(minutes / 60)h" }
    if minutes > 0 { text += "\(minutes % 60)m" }
    return text + decimal(amount % 60_000_000_000, 1_000_000_000) + "s"
  }

  private static func decimal(_ amount: UInt64, _ unit: UInt64) -> String {
    let rest = amount % unit
    guard rest > 0 else { return String(amount / unit) }
    var digits = String(rest)
    digits = String(repeating: "0", count: String(unit).utf8.count - 1 - digits.utf8.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(amount / unit).\(digits)"
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
