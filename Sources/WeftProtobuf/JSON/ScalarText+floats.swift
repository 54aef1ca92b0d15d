extension ScalarText {
  /// Powers of ten that a double holds exactly.
  private static let exactPowers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// The nearest double; nil when `text` is no number as JSON has it. Too large a number gives infinity.
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let decimal = Decimal(text) else { return nil }
    // Clinger's fast path: both operands are exact, so the one rounding is the right one.
    if !decimal.isInexact && decimal.digits <= 1 << 53 && abs(decimal.exponent) <= 22 {
      let digits = Double(decimal.digits)
      let value =
        decimal.exponent < 0
        ? digits / exactPowers[-decimal.exponent] : digits * exactPowers[decimal.exponent]
      return decimal.isNegative ? -value : value
    }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The nearest float. Rounding twice goes wrong only when the double lies exactly between two floats.
  static func float(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let double = double(text) else { return nil }
    let isMidway = double.bitPattern & 0x1FFF_FFFF == 0x1000_0000
    if isMidway || abs(double) < Double(Float.leastNormalMagnitude) {
      return Float(String(decoding: text, as: UTF8.self))
    }
    return Float(double)
  }

  /// The names that stand for numbers which JSON cannot write.
  static func special(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if text.elementsEqual("NaN".utf8) { return .nan }
    if text.elementsEqual("Infinity".utf8) { return .infinity }
    if text.elementsEqual("-Infinity".utf8) { return -.infinity }
    return nil
  }

  /// Stores a number, or one of the names when `names` is set.
  /// - Returns: what is wrong with the text, or nil.
  static func storeFloat(
    _ text: UnsafeBufferPointer<UInt8>, _ type: FieldType, names: Bool, to place: UnsafeMutableRawPointer
  ) -> String? {
    if names, let value = special(text) {
      if type == .float {
        place.storeBytes(of: Float(value), as: Float.self)
      } else {
        place.storeBytes(of: value, as: Double.self)
      }
      return nil
    }
    if type == .float {
      guard let value = float(text) else { return "expected a number" }
      guard value.isFinite else { return "the number is out of range for float" }
      place.storeBytes(of: value, as: Float.self)
    } else {
      guard let value = double(text) else { return "expected a number" }
      guard value.isFinite else { return "the number is out of range for double" }
      place.storeBytes(of: value, as: Double.self)
    }
    return nil
  }
}
