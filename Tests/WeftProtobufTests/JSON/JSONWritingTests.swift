import Testing

@testable import WeftProtobuf

@Suite struct JSONWritingTests {
  @Test func defaultsAreWrittenOnRequest() throws {
    let all = JSONEncodingOptions(alwaysPrintFieldsWithNoPresence: true)
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", "{}", writing: all) == """
        {"aDouble":0,"aFloat":0,"anInt32":0,"anInt64":"0","aUint32":0,"aUint64":"0","aSint32":0,"aSint64":"0",\
        "aFixed32":0,"aFixed64":"0","aSfixed32":0,"aSfixed64":"0","aBool":false,"aString":"","someBytes":"",\
        "aColour":"COLOUR_UNSPECIFIED"}
        """)
    #expect(try TestPool.jsonRoundTrip("test.Presence", "{}", writing: all) == #"{"plain":""}"#)
    #expect(try TestPool.jsonRoundTrip("test.Choice", "{}", writing: all) == #"{"before":"","after":0}"#)
    #expect(
      try TestPool.jsonRoundTrip("test.Maps", "{}", writing: all)
        == #"{"counts":{},"messages":{},"flags":{},"colours":{}}"#)
  }

  @Test func fieldsWithPresenceAreWrittenWhenSet() throws {
    let text = #"{"number":0,"text":"","ratio":0,"scalars":{},"colour":"COLOUR_UNSPECIFIED"}"#
    #expect(try TestPool.jsonRoundTrip("test.Presence", text) == text)
  }

  @Test func originalNamesAndNumbersOfEnumsAreWrittenOnRequest() throws {
    let options = JSONEncodingOptions(preserveProtoFieldNames: true, enumsAsIntegers: true)
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", #"{"anInt32":1,"aColour":"COLOUR_RED"}"#, writing: options)
        == #"{"an_int32":1,"a_colour":1}"#)
  }

  @Test func prettyTextIsIndented() throws {
    let text = #"{"children":[{"name":"a"},{}],"named":{"x":{}}}"#
    #expect(
      try TestPool.jsonRoundTrip("test.Tree", text, writing: .init(pretty: true)) == """
        {
          "children": [
            {
              "name": "a"
            },
            {}
          ],
          "named": {
            "x": {}
          }
        }
        """)
  }

  @Test func aWellKnownTypeIsIndentedAsTheJSONItStandsFor() throws {
    let value = try Google_Protobuf_Struct(jsonString: #"{"a":[1,{"b":null}]}"#)
    #expect(
      try value.jsonString(options: .init(pretty: true)) == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ]
        }
        """)
  }

  @Test func stringsAreEscaped() throws {
    let message = try TestPool.new("test.Scalars")
    let field = try #require(message.descriptor.field(named: "a_string"))
    try message.set(field, to: .string("\"\\/\u{0}\u{1f}\u{7f}\n\t世😀"))
    #expect(
      String(decoding: try message.json(), as: UTF8.self) == #"{"aString":"\"\\/\u0000\u001f\u007f\n\t世😀"}"#)
  }

  @Test func numbersAreWrittenInTheirShortestForm() throws {
    for (value, text) in [
      (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"), (1e21, "1e+21"), (123456789.5, "123456789.5"),
      (1e15, "1000000000000000"),
      (.leastNonzeroMagnitude, "5e-324"), (-1.0, "-1"), (9_007_199_254_740_991, "9007199254740991"),
      (9_007_199_254_740_992, "9007199254740992"),
    ] as [(Double, String)] {
      let message = try TestPool.new("test.Scalars")
      try message.set(try #require(message.descriptor.field(named: "a_double")), to: .double(value))
      #expect(String(decoding: try message.json(), as: UTF8.self) == #"{"aDouble":\#(text)}"#)
    }
  }

  @Test func oneFieldCanBeWrittenAlone() throws {
    let message = try TestPool.decodeJSON("test.Tree", #"{"children":[{"name":"a"}],"name":"n"}"#)
    let descriptor = message.descriptor
    #expect(
      try message.json(field: try #require(descriptor.field(named: "children")))
        == Array(#"[{"name":"a"}]"#.utf8))
    #expect(try message.json(field: try #require(descriptor.field(named: "name"))) == Array(#""n""#.utf8))
    #expect(try message.json(field: try #require(descriptor.field(named: "named"))) == Array("{}".utf8))
    #expect(try message.json(field: try #require(descriptor.field(named: "left"))) == Array("{}".utf8))
  }
}
