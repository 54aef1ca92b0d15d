/// The name of a key as the registry compares it: by the bytes of its UTF-8.
///
/// Swift's strings are equal when they look the same ("é" has two spellings); for Consul's clients those are two
/// keys, and lists are in the order of the bytes.
struct KeyName: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) {
    var text = text
    // One piece of memory, so that comparing is one memcmp.
    text.makeContiguousUTF8()
    self.text = text
  }

  func hasPrefix(_ prefix: KeyName) -> Bool {
    Self.withBytes(self, prefix) { bytes, start in
      bytes.count >= start.count && bytes.prefix(start.count).elementsEqual(start)
    }
  }

  static func == (a: KeyName, b: KeyName) -> Bool {
    withBytes(a, b) { $0.elementsEqual($1) }
  }

  static func < (a: KeyName, b: KeyName) -> Bool {
    withBytes(a, b) { $0.lexicographicallyPrecedes($1) }
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(UInt8(0xFF))
  }

  private static func withBytes(
    _ a: KeyName, _ b: KeyName, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    var (a, b) = (a.text, b.text)
    return a.withUTF8 { a in b.withUTF8 { b in body(a, b) } }
  }
}
