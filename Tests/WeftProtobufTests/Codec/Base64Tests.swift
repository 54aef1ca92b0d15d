import Testing

@testable import WeftProtobuf

@Suite struct Base64Tests {
  private func encode(_ bytes: [UInt8]) -> String {
    var sink = ByteSink()
    bytes.withUnsafeBufferPointer { sink.base64($0) }
    return String(decoding: sink.bytes.dropFirst().dropLast(), as: UTF8.self)
  }

  private func decode(_ text: String) -> [UInt8]? {
    Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) }
  }

  // The examples of RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func examplesOfTheStandard(text: String, encoded: String) {
    #expect(encode(Array(text.utf8)) == encoded)
    #expect(decode(encoded) == Array(text.utf8))
  }

  @Test func everyLengthComesBackAsItWas() {
    var random = SeededRandom(seed: 64)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(decode(encode(bytes)) == bytes)
    }
  }

  @Test(arguments: [
    "A", "AAAAA", "A===", "AA=", "=", "====", "AA=A", "A A=", "AAA!", "AAAA=", "AA\u{0}A", "AAé=",
  ])
  func whatIsNotBase64IsRefused(text: String) {
    #expect(decode(text) == nil)
  }
}
