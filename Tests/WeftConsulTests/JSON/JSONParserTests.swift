import Testing
import WeftProtobuf

@testable import WeftConsul

extension JSONOutput {
  fileprivate mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): boolean(value)
    case .number(let text): raw(text.utf8)
    case .string(let value): string(value)
    case .array(let values): array(values) { $0.value($1) }
    case .object(let members):
      beginObject()
      for member in members {
        key(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }
}

@Suite struct JSONParserTests {
  func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

  @Test func readsEveryKindOfValue() throws {
    let value = try parse(
      #" {"a": [1, -2.5e3, true, false, null], "b": "x\n\"\u00e4\ud83d\ude00", "c": {}} "#)
    #expect(
      value
        == .object([
          .init(
            name: "a", value: .array([.number("1"), .number("-2.5e3"), .bool(true), .bool(false), .null])),
          .init(name: "b", value: .string("x\n\"ä😀")), .init(name: "c", value: .object([])),
        ]))
  }

  @Test func keepsLargeNumbersWhole() throws {
    #expect(try parse("18446744073709551615") == .number("18446744073709551615"))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{a:1}", "01", "1.", "1e", "-", "tru", "\"\u{01}\"", "\"\\x\"", "\"\\ud800\"",
    "\"\\udc00\"", "1 2", "\"open", "[1", "nul", "+1", "{\"a\":1,}",
  ])
  func refusesWhatIsNoJSON(text: String) {
    #expect(throws: JSONSyntaxError.self) { try parse(text) }
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func refusesDeepNesting() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try parse(deep) }
    let allowed = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    _ = try parse(allowed)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let value = try parse(#"{"quote\"":"<&>\u0000\u001f\u007f ü 😀","list":[[],{},"",0.5]}"#)
    var output = JSONOutput(escaping: .markup)
    output.value(value)
    #expect(try JSONParser.parse(output.bytes) == value)
    #expect(try JSONParser.parse(JSONIndentation.indent(output.bytes)) == value)
  }

  @Test func indentsAsConsulDoes() {
    let indented = JSONIndentation.indent(Array(#"{"a":[],"b":["x,{",1],"c":{}}"#.utf8))
    #expect(
      String(decoding: indented, as: UTF8.self) == """
        {
            "a": [],
            "b": [
                "x,{",
                1
            ],
            "c": {}
        }

        """)
  }
}

@Suite struct BodyObjectTests {
  func body(_ text: String) throws -> BodyObject { try BodyObject(try JSONParser.parse(Array(text.utf8))) }

  @Test(arguments: [
    #"{"EnableTagOverride": true}"#, #"{"enabletagoverride": true}"#, #"{"enable_tag_override": true}"#,
    #"{"Enable_Tag_Override": true}"#,
  ])
  func takesEverySpelling(text: String) throws {
    #expect(try body(text).bool("EnableTagOverride") == true)
  }

  @Test func keepsTheNamesInMaps() throws {
    #expect(try body(#"{"meta": {"Some_Key": "v"}}"#).stringMap("Meta") == ["Some_Key": "v"])
  }

  @Test func nullIsNothing() throws {
    let body = try body(#"{"Tags": null, "Check": null}"#)
    #expect(try body.strings("Tags") == nil)
    #expect(try body.object("Check") == nil)
  }

  @Test func durationsAreTextsOrNanoseconds() throws {
    let body = try body(#"{"TTL": "10s", "Interval": 1500000000, "Timeout": ""}"#)
    #expect(try body.duration("TTL") == .seconds(10))
    #expect(try body.duration("Interval") == .milliseconds(1_500))
    #expect(try body.duration("Timeout") == nil)
  }

  @Test func errorsNameTheField() throws {
    let body = try body(#"{"Checks": [{"TTL": "soon"}], "Port": "eighty", "Meta": {"a": 1}}"#)
    #expect(throws: ConsulError(400, "Request decode failed: Port: a number is wanted, not a string")) {
      try body.integer("Port")
    }
    #expect(throws: ConsulError(400, "Request decode failed: Checks[0].TTL: time: invalid duration \"soon\""))
    {
      try body.objects("Checks").first?.duration("TTL")
    }
    #expect(throws: ConsulError(400, "Request decode failed: Meta[\"a\"]: a string is wanted, not a number"))
    {
      try body.stringMap("Meta")
    }
  }
}
