import Foundation
import Testing

@testable import WeftRegistryPage

@Suite("JSON for the page")
struct PageJSONTests {
  @Test(
    "is read back as it was",
    arguments: [
      "", "a\"b\\c", "line\nbreak\r\t\0\u{7F}", "<script>alert(1)</script>&amp;", "检索 🚀", "\u{2028}",
    ])
  func strings(text: String) throws {
    let bytes = PageJSON.object([(text, .array([.string(text), .null, .bool(true), .number(.min)]))]).bytes
    let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: [Any]]
    #expect(read?[text]?.first as? String == text)
    #expect(read?[text]?.last as? Int64 == .min)
  }

  @Test("has nothing that HTML or a stream of events would take for its own")
  func harmless() {
    let text = String(decoding: PageJSON.string("</script>\n\ndata: x&").bytes, as: UTF8.self)
    #expect(!text.contains("<") && !text.contains(">") && !text.contains("&") && !text.contains("\n"))
  }

  @Test("carries bytes as base64", arguments: 0...17)
  func base64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
    let text = String(decoding: PageJSON.base64(bytes).bytes, as: UTF8.self)
    #expect(text == "\"\(Data(bytes).base64EncodedString())\"")
  }
}
