import Foundation
import Testing

@testable import WeftProtobuf

@Suite struct JSONOutputTests {
  private func write(_ output: inout JSONOutput) {
    output.beginObject()
    output.field("code", 5)
    output.field("tags", ["a", "b"])
    output.field("meta", ["z": "1", "a\"": "2"])
    output.key("list")
    output.beginArray()
    output.boolean(true)
    output.null()
    output.raw("{}".utf8)
    output.beginObject()
    output.endObject()
    output.beginArray()
    output.endArray()
    output.endArray()
    output.key("numbers")
    output.array([0.5, -2, .nan, .infinity]) { $0.number($1) }
    output.field("last", false)
    output.endObject()
  }

  @Test func commasStandBetweenElements() {
    var output = JSONOutput(escaping: .standard)
    write(&output)
    let expected =
      #"{"code":5,"tags":["a","b"],"meta":{"a\"":"2","z":"1"},"list":[true,null,{},{},[]],"#
      + #""numbers":[0.5,-2.0,null,null],"last":false}"#
    #expect(output.text == expected)
  }

  @Test func indentedJSONSaysTheSame() throws {
    var plain = JSONOutput(escaping: .standard)
    var indented = JSONOutput(escaping: .standard, indentation: 2)
    write(&plain)
    write(&indented)
    let read = { (output: JSONOutput) in
      try JSONSerialization.jsonObject(with: Data(output.bytes)) as? NSDictionary
    }
    #expect(try read(plain) == read(indented))
    #expect(indented.text.hasPrefix("{\n  \"code\": 5,\n  \"tags\": [\n    \"a\",\n    \"b\"\n  ],\n"))
    #expect(indented.text.hasSuffix(",\n  \"last\": false\n}"))
  }

  @Test(arguments: [
    "", "a\"b\\c", "line\nbreak\r\t\0\u{1F}\u{7F}", "<script>alert(1)</script>&amp;", "检索 🚀", "\u{2028}",
  ])
  func textsReadBackAsTheyWere(text: String) throws {
    for escaping in [JSONEscaping.standard, .markup] {
      var output = JSONOutput(escaping: escaping)
      output.beginObject()
      output.key(text)
      output.string(text)
      output.endObject()
      let read = try JSONSerialization.jsonObject(with: Data(output.bytes)) as? [String: String]
      #expect(read == [text: text])
      #expect(output.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
  }

  @Test func markupIsEscapedWhereAskedFor() {
    #expect(JSONText.quoted("<a&b>") == Array(#""<a&b>""#.utf8))
    #expect(JSONText.quoted("<a&b>", escaping: .markup) == Array(#""\u003ca\u0026b\u003e""#.utf8))
  }

  @Test(arguments: 0...17)
  func bytesBecomeBase64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
    var output = JSONOutput(escaping: .standard)
    output.base64(bytes)
    #expect(output.text == "\"\(Data(bytes).base64EncodedString())\"")
  }
}

@Suite struct JSONTreeTests {
  private let tree = JSONTree.object([
    ("a\"", .string("<&>")), ("b", .array([])), ("c", .number(.nan)), ("d", .object([])),
    ("e", .array([.int(.min), .bool(true), .null, .base64([1, 2])])), ("f", .strings(["y": "1", "x": "2"])),
    ("g", .optional(nil as String?)),
  ])

  @Test func aTreeIsWrittenOnOneLine() {
    let expected =
      #"{"a\"":"\u003c\u0026\u003e","b":[],"c":null,"d":{},"e":[-9223372036854775808,true,null,"AQI="],"#
      + #""f":{"x":"2","y":"1"},"g":null}"#
    #expect(String(decoding: tree.bytes(escaping: .markup), as: UTF8.self) == expected)
  }

  @Test func aTreeIsWrittenForPeople() {
    #expect(
      JSONTree.object([("a", .array([.int(1), .string("b")])), ("c", .object([]))]).rendered() == """
        {
          "a": [
            1,
            "b"
          ],
          "c": {}
        }

        """)
  }
}
