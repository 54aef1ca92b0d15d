/// Scalars from text, exactly and without a locale: the numbers of JSON, of map keys and of URLs.
enum ScalarText {
  /// A decimal number taken apart: (-1)^sign * digits * 10^exponent.
  struct Decimal {
    var isNegative = false
    var digits: UInt64 = 0
    var exponent = 0
    /// Further digits, not zero, did not fit.
    var isInexact = false

    /// `text` is a number as JSON has it; anything else gives nil.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
      var index = 0
      let count = text.count
      func digit(_ index: Int) -> UInt8? {
        guard index < count else { return nil }
        let value = text[index] &- UInt8(ascii: "0")
        return value < 10 ? value : nil
      }
      if index < count, text[index] == UInt8(ascii: "-") {
        isNegative = true
        index += 1
      }
      let first = index
      while let value = digit(index) {
        take(value, afterPoint: false)
        index += 1
      }
      guard index > first, index - first == 1 || text[first] != UInt8(ascii: "0") else { return nil }
      if index < count, text[index] == UInt8(ascii: ".") {
        index += 1
        let point = index
        while let value = digit(index) {
          take(value, afterPoint: true)
          index += 1
        }
        guard index > point else { return nil }
      }
      if index < count, text[index] | 0x20 == UInt8(ascii: "e") {
        index += 1
        var isSmall = false
        if index < count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
          isSmall = text[index] == UInt8(ascii: "-")
          index += 1
        }
        let firstDigit = index
        var power = 0
        while let value = digit(index) {
          // Far beyond every range already; the rest of the digits cannot matter.
          if power < 100_000 { power = power * 10 + Int(value) }
          index += 1
        }
        guard index > firstDigit else { return nil }
        exponent += isSmall ? -power : power
      }
      guard index == count else { return nil }
    }

    /// No further digit fits.
    private var isFull = false

    private mutating func take(_ value: UInt8, afterPoint: Bool) {
      if !isFull {
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(value))
        if !overflow && !carry {
          digits = sum
          if afterPoint { exponent -= 1 }
          return
        }
        isFull = true
      }
      if value != 0 { isInexact = true }
      if !afterPoint { exponent += 1 }
    }
  }

  enum IntegerError: Error {
    case notANumber, notWhole, outOfRange
  }

  /// The absolute value of a whole number, written any way JSON allows: `100`, `1e2`, `100.0`.
  private static func magnitude(_ decimal: Decimal) -> Result<UInt64, IntegerError> {
    var decimal = decimal
    if decimal.digits == 0 && !decimal.isInexact { return .success(0) }
    while decimal.exponent < 0 && decimal.digits % 10 == 0 && decimal.digits != 0 {
      decimal.digits /= 10
      decimal.exponent += 1
    }
    if decimal.exponent < 0 { return .failure(.notWhole) }
    if decimal.isInexact { return .failure(.outOfRange) }
    while decimal.exponent > 0 {
      let (product, overflow) = decimal.digits.multipliedReportingOverflow(by: 10)
      if overflow { return .failure(.outOfRange) }
      decimal.digits = product
      decimal.exponent -= 1
    }
    return .success(decimal.digits)
  }

  /// Digits alone, as numbers mostly are.
  private static func plainMagnitude(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var index = text.first == UInt8(ascii: "-") ? 1 : 0
    guard index < text.count, text.count - index == 1 || text[index] != UInt8(ascii: "0") else { return nil }
    var result: UInt64 = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return nil }
      result = sum
      index += 1
    }
    return result
  }

  static func integer<I: FixedWidthInteger>(
    _ text: UnsafeBufferPointer<UInt8>, as type: I.Type
  ) -> Result<I, IntegerError> {
    let isNegative = text.first == UInt8(ascii: "-")
    let magnitude: UInt64
    if let plain = plainMagnitude(text) {
      magnitude = plain
    } else {
      guard let decimal = Decimal(text) else { return .failure(.notANumber) }
      switch self.magnitude(decimal) {
      case .success(let value): magnitude = value
      case .failure(let error): return .failure(error)
      }
    }
    guard isNegative else { return I(exactly: magnitude).map { .success($0) } ?? .failure(.outOfRange) }
    // The smallest number has no positive counterpart.
    guard magnitude <= 1 << 63, let value = I(exactly: 0 &- Int64(truncatingIfNeeded: magnitude)) else {
      return .failure(.outOfRange)
    }
    return .success(value)
  }

  /// Stores an integer of a field's type.
  /// - Returns: what is wrong with the text, or nil.
  static func storeInteger(
    _ text: UnsafeBufferPointer<UInt8>, _ type: FieldType, to place: UnsafeMutableRawPointer
  ) -> String? {
    switch type {
    case .int32, .sint32, .sfixed32: store(integer(text, as: Int32.self), "int32", to: place)
    case .uint32, .fixed32: store(integer(text, as: UInt32.self), "uint32", to: place)
    case .int64, .sint64, .sfixed64: store(integer(text, as: Int64.self), "int64", to: place)
    default: store(integer(text, as: UInt64.self), "uint64", to: place)
    }
  }

  private static func store<I: FixedWidthInteger & BitwiseCopyable>(
    _ result: Result<I, IntegerError>, _ name: String, to place: UnsafeMutableRawPointer
  ) -> String? {
    switch result {
    case .success(let value):
      place.storeBytes(of: value, as: I.self)
      return nil
    case .failure(.notANumber): return "expected a whole number"
    case .failure(.notWhole): return "the number is not whole"
    case .failure(.outOfRange): return "the number is out of range for \(name)"
    }
  }
}
