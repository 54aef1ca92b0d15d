/// Base64 (RFC 4648): reads both alphabets, padded or not; writes the standard one, padded.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each letter; 255 for what is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()

  package static func decodedSize(atMost count: Int) -> Int { count / 4 * 3 + 3 }

  /// Writes to `out`, which has room for ``decodedSize(atMost:)`` bytes.
  /// - Returns: the bytes written, or nil when `text` is not base64.
  package static func decode(_ text: UnsafeBufferPointer<UInt8>, to out: UnsafeMutablePointer<UInt8>) -> Int?
  {
    var count = text.count
    while count > 0, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    let padding = text.count - count
    guard count % 4 != 1, padding == 0 || (padding <= 2 && text.count % 4 == 0) else { return nil }
    return values.withUnsafeBufferPointer { values in
      var written = 0
      var bits: UInt32 = 0
      var held = 0
      for index in 0..<count {
        let value = values[Int(text[index])]
        if value == 255 { return nil }
        bits = bits << 6 | UInt32(value)
        held += 6
        if held >= 8 {
          held -= 8
          out[written] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
          written += 1
        }
      }
      return written
    }
  }

  package static func decode(_ text: StaticString) -> [UInt8]? {
    decode(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var valid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: decodedSize(atMost: text.count)) { buffer, count in
      guard let start = buffer.baseAddress, let written = decode(text, to: start) else {
        valid = false
        return
      }
      count = written
    }
    return valid ? bytes : nil
  }

  package static func encodedSize(_ count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes ``encodedSize(_:)`` bytes to `out`.
  package static func encode(_ bytes: UnsafeBufferPointer<UInt8>, to out: UnsafeMutablePointer<UInt8>) {
    alphabet.withUnsafeBufferPointer { alphabet in
      var written = 0
      var index = 0
      while index < bytes.count {
        let left = bytes.count - index
        let group =
          UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[index + 2]) : 0)
        out[written] = alphabet[Int(group >> 18)]
        out[written + 1] = alphabet[Int(group >> 12 & 63)]
        out[written + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        out[written + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
        written += 4
        index += 3
      }
    }
  }
}
