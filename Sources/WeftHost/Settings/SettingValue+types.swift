extension String: SettingValue {
  public static var kind: String { "text" }
  public static func parse(_ text: String) -> String? { text }
  public var text: String { self }
}

extension Int: SettingValue {
  public static var kind: String { "a whole number" }
  public static func parse(_ text: String) -> Int? { Int(text) }
  public var text: String { String(self) }
}

extension Double: SettingValue {
  public static var kind: String { "a number" }
  public static func parse(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
  public var text: String { self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self) }
}

extension Bool: SettingValue {
  public static var kind: String { "true or false" }

  public static func parse(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }

  public var text: String { self ? "true" : "false" }
}

/// A time with its unit: `500ms`, `15s`, `2m`, `1h`.
extension Duration: SettingValue {
  public static var kind: String { "a time with its unit, such as 500ms, 15s or 2m" }

  private static let units: [(suffix: String, milliseconds: Int)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
  ]

  public static func parse(_ text: String) -> Duration? {
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let count = Int(text.dropLast(unit.suffix.count)), count >= 0 else { continue }
      let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
      return overflow ? nil : .milliseconds(milliseconds)
    }
    return nil
  }

  public var text: String {
    let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    for unit in Self.units.reversed() where milliseconds % Int64(unit.milliseconds) == 0 && milliseconds > 0 {
      return "\(milliseconds / Int64(unit.milliseconds))\(unit.suffix)"
    }
    return "\(milliseconds)ms"
  }
}
