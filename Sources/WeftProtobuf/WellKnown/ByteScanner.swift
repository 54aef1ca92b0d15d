/// Takes fixed formats apart.
struct ByteScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { index == text.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func digit() -> Int? {
    guard index < text.count else { return nil }
    let value = text[index] &- UInt8(ascii: "0")
    guard value < 10 else { return nil }
    index += 1
    return Int(value)
  }

  /// A number of just so many digits.
  mutating func digits(_ count: Int) -> Int? {
    var result = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      result = result * 10 + digit
    }
    return result
  }

  /// A number of one to so many digits.
  mutating func number(atMost count: Int) -> Int? {
    guard var result = digit() else { return nil }
    for _ in 1..<count {
      guard let digit = digit() else { return result }
      result = result * 10 + digit
    }
    return result
  }

  /// An optional point and one to nine digits, as nanoseconds.
  mutating func fraction() -> Int32? {
    guard take(".") else { return 0 }
    guard var result = digit() else { return nil }
    for _ in 1..<9 {
      result = result * 10 + (digit() ?? 0)
    }
    return Int32(result)
  }
}
