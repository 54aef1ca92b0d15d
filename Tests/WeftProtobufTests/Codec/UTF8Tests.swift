import CWeftCodec
import Testing

@Suite struct UTF8Tests {
  private func agree(_ bytes: [UInt8]) -> Bool {
    weft_utf8_valid(bytes, bytes.count) == (String(validating: bytes, as: UTF8.self) != nil)
  }

  @Test func agreesWithSwiftOnAllShortSequences() {
    for first in UInt8.min...UInt8.max {
      #expect(agree([first]))
      let wrong = (UInt8.min...UInt8.max).filter { !agree([first, $0]) || !agree([first, $0, 0x80]) }
      #expect(wrong.isEmpty)
    }
  }

  @Test func agreesWithSwiftOnLongerSequences() {
    var random = SeededRandom(seed: 0x07F8)
    let interesting: [UInt8] = [
      0, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4,
      0xF5, 0xFF,
    ]
    for _ in 0..<50_000 {
      let count = Int.random(in: 3...20, using: &random)
      let bytes = (0..<count).map { _ in interesting.randomElement(using: &random) ?? 0 }
      if !agree(bytes) { Issue.record("\(bytes)") }
    }
    #expect(agree(Array("aé世😀 and more than eight bytes of plain text".utf8)))
  }
}
