/// What stands before a file in a tar archive (POSIX.1-1988, ustar): a block of 512 bytes.
struct TarHeader: Hashable {
  static let blockBytes = 512

  enum Problem: Error, Hashable {
    /// It is no header: its sum is another one, or a number cannot be read.
    case damaged
  }

  var name: String
  /// Bytes of the file, which whole blocks follow.
  var size: UInt64
  /// What it is; "0" for a file.
  var kind: Character = "0"

  init(name: String, size: UInt64) {
    self.name = name
    self.size = size
  }

  /// Zeros that fill the last block of a file.
  static func padding(after size: UInt64) -> Int { Int((512 - size % 512) % 512) }

  // MARK: Writing

  /// - Parameter time: seconds since 1970-01-01T00:00:00Z.
  func block(time: UInt64) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: UInt64, digits: Int) -> [UInt8] {
      let text = Array(String(value, radix: 8).utf8.suffix(digits))
      return [UInt8](repeating: UInt8(ascii: "0"), count: digits - text.count) + text
    }
    put(name.utf8.prefix(100), at: 0)
    put("0000600".utf8, at: 100)
    put("0000000".utf8, at: 108)
    put("0000000".utf8, at: 116)
    put(octal(size, digits: 11), at: 124)
    put(octal(time, digits: 11), at: 136)
    put(kind.utf8.prefix(1), at: 156)
    put("ustar\u{0}00".utf8, at: 257)
    put(octal(UInt64(Self.sum(of: block)), digits: 6) + [0, UInt8(ascii: " ")], at: 148)
    return block
  }

  // MARK: Reading

  /// - Returns: nil for a block of zeros, which ends an archive.
  init?(_ block: [UInt8]) throws(Problem) {
    guard block.count == Self.blockBytes else { throw .damaged }
    if block.allSatisfy({ $0 == 0 }) { return nil }
    guard let sum = Self.number(block[148..<156]), sum == UInt64(Self.sum(of: block)),
      let size = Self.number(block[124..<136])
    else { throw .damaged }
    self.size = size
    name = Self.text(block[0..<100])
    if block[257..<262].elementsEqual("ustar".utf8) {
      let folder = Self.text(block[345..<500])
      if !folder.isEmpty { name = "\(folder)/\(name)" }
    }
    kind = block[156] == 0 ? "0" : Character(UnicodeScalar(block[156]))
  }

  /// Of all bytes, those of the sum itself counted as spaces.
  private static func sum(of block: [UInt8]) -> Int {
    block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Octal digits, with spaces or zero bytes around them.
  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    let text = Self.text(bytes.drop { $0 == 32 }).prefix { $0 != " " }
    return text.isEmpty ? 0 : UInt64(text, radix: 8)
  }
}
