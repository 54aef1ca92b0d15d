import Testing

@testable import WeftProtobuf

@Suite struct JSONReadingTests {
  // MARK: Names

  @Test func bothNamesOfAFieldAreAccepted() throws {
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", #"{"anInt32":1,"a_bool":true}"#)
        == #"{"anInt32":1,"aBool":true}"#)
    #expect(try TestPool.jsonRoundTrip("test.Scalars", #"{ "\u0061nInt32" : 1 }"#) == #"{"anInt32":1}"#)
  }

  @Test func unknownFieldsAreRefusedWithTheirPath() throws {
    let error = try jsonError("test.Tree", #"{"left":{"children":[{},{"nme":"x"}]}}"#)
    #expect(error.path == "left.children[1].nme")
    #expect(error.reason == "unknown field")
    #expect(error.byteOffset == 25)
  }

  @Test func unknownFieldsAreSkippedOnRequest() throws {
    let text = #"{"x":{"y":[1,"a\"",null,true,{"z":-1.5e3}]},"anInt32":1,"z":[]}"#
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", text, reading: .init(ignoreUnknownFields: true))
        == #"{"anInt32":1}"#)
    #expect(throws: JSONDecodingError.self) {
      try TestPool.decodeJSON("test.Scalars", #"{"x":[1,}"#, options: .init(ignoreUnknownFields: true))
    }
  }

  @Test(arguments: [
    #"{"anInt32":1,"anInt32":2}"#, #"{"anInt32":1,"an_int32":2}"#, #"{"anInt32":null,"anInt32":2}"#,
  ])
  func aFieldGivenTwiceIsRefused(text: String) throws {
    let error = try jsonError("test.Scalars", text)
    #expect(error.path == "anInt32")
    #expect(error.reason == "the field is given twice")
  }

  @Test func twoMembersOfAOneofAreRefused() throws {
    #expect(try jsonError("test.Choice", #"{"number":1,"text":"a"}"#).path == "text")
    // Null sets nothing.
    #expect(try TestPool.jsonRoundTrip("test.Choice", #"{"number":null,"text":"a"}"#) == #"{"text":"a"}"#)
  }

  @Test func aMapKeyGivenTwiceIsRefused() throws {
    let error = try jsonError("test.Maps", #"{"counts":{"a":1,"b":2,"a":3}}"#)
    #expect(error.path == #"counts["a"]"#)
    #expect(error.reason == "the key is given twice")
    #expect(try jsonError("test.Maps", #"{"messages":{"-1":{},"-1":{}}}"#).path == #"messages["-1"]"#)
    #expect(try jsonError("test.Maps", #"{"flags":{"true":"","true":""}}"#).path == #"flags["true"]"#)
    let nested = try jsonError("test.WellKnown", #"{"structure":{"x":{"a":1,"a":2}}}"#)
    #expect(nested.path == #"structure["x"]["a"]"#)
    let many = (0..<100).map { "\"k\($0 % 99)\":1" }.joined(separator: ",")
    #expect(try jsonError("test.Maps", #"{"counts":{\#(many)}}"#).path == #"counts["k0"]"#)
  }

  // MARK: Numbers

  @Test(arguments: [
    (#"{"anInt32":2147483647}"#, #"{"anInt32":2147483647}"#),
    (#"{"anInt32":-2147483648}"#, #"{"anInt32":-2147483648}"#),
    (#"{"anInt32":"12"}"#, #"{"anInt32":12}"#), (#"{"anInt32":1e2}"#, #"{"anInt32":100}"#),
    (#"{"anInt32":1.0}"#, #"{"anInt32":1}"#), (#"{"anInt32":120e-1}"#, #"{"anInt32":12}"#),
    (#"{"anInt64":9223372036854775807}"#, #"{"anInt64":"9223372036854775807"}"#),
    (#"{"anInt64":"-9223372036854775808"}"#, #"{"anInt64":"-9223372036854775808"}"#),
    (#"{"aUint64":18446744073709551615}"#, #"{"aUint64":"18446744073709551615"}"#),
    (#"{"aUint32":4.294967295e9}"#, #"{"aUint32":4294967295}"#), (#"{"aUint32":-0}"#, #"{}"#),
    (#"{"aDouble":1e-320}"#, #"{"aDouble":1e-320}"#), (#"{"aDouble":"NaN"}"#, #"{"aDouble":"NaN"}"#),
    (#"{"aDouble":"-Infinity"}"#, #"{"aDouble":"-Infinity"}"#), (#"{"aDouble":-0}"#, #"{"aDouble":-0}"#),
    (#"{"aDouble":1.7976931348623157e308}"#, #"{"aDouble":1.7976931348623157e+308}"#),
    (#"{"aDouble":"1.5"}"#, #"{"aDouble":1.5}"#),
    (#"{"aDouble":123456789012345678}"#, #"{"aDouble":1.2345678901234568e+17}"#),
    (#"{"aFloat":3.4028235e38}"#, #"{"aFloat":3.4028235e+38}"#), (#"{"aFloat":0.1}"#, #"{"aFloat":0.1}"#),
    (#"{"aFloat":1.4e-45}"#, #"{"aFloat":1e-45}"#), (#"{"aDouble":100000}"#, #"{"aDouble":100000}"#),
  ])
  func numbersAreRead(text: String, expected: String) throws {
    #expect(try TestPool.jsonRoundTrip("test.Scalars", text) == expected)
  }

  @Test(arguments: [
    ("anInt32", "2147483648"), ("anInt32", "-2147483649"), ("anInt32", "1.5"), ("anInt32", "1e10"),
    ("anInt32", "1e-1"),
    ("anInt32", "01"), ("anInt32", "+1"), ("anInt32", "1."), ("anInt32", ".5"), ("anInt32", "1e"),
    ("anInt32", "-"),
    ("anInt32", "\"\""), ("anInt32", "\" 1\""), ("anInt32", "\"1 \""), ("anInt32", "\"0x1\""),
    ("anInt32", "true"), ("anInt32", "[]"),
    ("anInt32", "{}"), ("anInt32", "NaN"), ("anInt32", "1e400"), ("anInt64", "9223372036854775808"),
    ("anInt64", "-9223372036854775809"), ("aUint64", "18446744073709551616"), ("aUint64", "-1"),
    ("aUint32", "4294967296"),
    ("aUint64", "99999999999999999999999999999"), ("aDouble", "1e309"), ("aDouble", "-1e309"),
    ("aDouble", "\"1e309\""),
    ("aFloat", "3.5e38"), ("aDouble", "NaN"), ("aDouble", "Infinity"), ("aDouble", "\"nan\""),
    ("aDouble", "\"\""), ("aDouble", "true"),
    ("aDouble", "\"0x10\""), ("aBool", "\"true\""), ("aBool", "1"), ("aBool", "tru"), ("aString", "1"),
    ("aString", "true"),
    ("someBytes", "\"a\""), ("someBytes", "\"????\""), ("someBytes", "1"), ("aColour", "\"COLOUR_PINK\""),
    ("aColour", "1.5"), ("aColour", "\"1\""), ("aColour", "true"),
  ])
  func wrongValuesAreRefused(field: String, value: String) throws {
    #expect(try jsonError("test.Scalars", #"{"\#(field)":\#(value)}"#).path == field)
  }

  @Test func doublesAreTheNearest() throws {
    // Cases between two doubles, where an inexact reader goes wrong.
    for text in [
      "2.2250738585072011e-308", "9007199254740993", "9007199254740992.999999",
      "1.00000000000000011102230246251565",
      "5e-324", "4.9e-324", "2.4703282292062328e-324", "6.2e-322", "8.41e21", "123456789.123456789e-30",
    ] {
      let message = try TestPool.decodeJSON("test.Scalars", #"{"aDouble":\#(text)}"#)
      let field = try #require(message.descriptor.field(named: "a_double"))
      guard case .double(let value) = message.get(field) else {
        Issue.record("no double")
        continue
      }
      #expect(value == Double(text))
    }
  }

  @Test func floatsAreRoundedOnce() throws {
    // Just above the middle of two floats: rounding to a double first would land on the middle, and then on the even
    // neighbour below.
    let text = "1.00000005960464477540"
    let message = try TestPool.decodeJSON("test.Scalars", #"{"aFloat":\#(text)}"#)
    let field = try #require(message.descriptor.field(named: "a_float"))
    guard case .float(let value) = message.get(field) else {
      Issue.record("no float")
      return
    }
    #expect(value == Float(text))
    #expect(value == Float(1).nextUp)
  }

  // MARK: Strings

  @Test func escapesAreRead() throws {
    let text = #"{"aString":"\"\\\/\b\f\n\r\t\u00e9\u4e16\ud83d\ude00é世😀"}"#
    let message = try TestPool.decodeJSON("test.Scalars", text)
    let field = try #require(message.descriptor.field(named: "a_string"))
    guard case .string(let value) = message.get(field) else {
      Issue.record("no string")
      return
    }
    #expect(value == "\"\\/\u{8}\u{c}\n\r\té世😀é世😀")
  }

  @Test(arguments: [
    #""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#, #""\ud83dx""#, #""\ud83d\ud83d""#, #""\u12""#,
    #""\u12g4""#, #""\x""#,
    "\"a\nb\"", "\"\u{1}\"", "\"abc", "\"abc\\", "\"\\",
  ])
  func brokenStringsAreRefused(value: String) throws {
    #expect(try jsonError("test.Scalars", #"{"aString":\#(value)}"#).path == "aString")
  }

  @Test func invalidUTF8IsRefused() throws {
    for content in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]] {
      let text = Array(#"{"aString":"12345678"#.utf8) + content + Array("\"}".utf8)
      let error = try #require(throws: JSONDecodingError.self) {
        try TestPool.new("test.Scalars").merge(json: text)
      }
      #expect(error.reason == "a string is not UTF-8")
      let key = Array(#"{""#.utf8) + content + Array("\":1}".utf8)
      #expect(throws: JSONDecodingError.self) { try TestPool.new("test.Scalars").merge(json: key) }
    }
  }

  @Test func base64IsReadInBothAlphabetsWithAndWithoutPadding() throws {
    for text in ["-_-_", "+/+/"] {
      #expect(
        try TestPool.jsonRoundTrip("test.Scalars", #"{"someBytes":"\#(text)"}"#) == #"{"someBytes":"+/+/"}"#)
    }
    for text in ["AQ", "AQ=="] {
      #expect(
        try TestPool.jsonRoundTrip("test.Scalars", #"{"someBytes":"\#(text)"}"#) == #"{"someBytes":"AQ=="}"#)
    }
  }

  // MARK: null, enums, lists, maps

  @Test func nullMeansNotSet() throws {
    let text = #"{"aDouble":null,"aString":null,"aColour":null,"someBytes":null}"#
    #expect(try TestPool.jsonRoundTrip("test.Scalars", text) == "{}")
    #expect(try TestPool.jsonRoundTrip("test.Lists", #"{"int32s":null,"messages":null}"#) == "{}")
    #expect(try TestPool.jsonRoundTrip("test.Maps", #"{"counts":null}"#) == "{}")
    #expect(try TestPool.jsonRoundTrip("test.Tree", #"{"left":null}"#) == "{}")
    #expect(try jsonError("test.Lists", #"{"int32s":[1,null]}"#).path == "int32s[1]")
    #expect(try jsonError("test.Lists", #"{"messages":[null]}"#).path == "messages[0]")
    #expect(try jsonError("test.Maps", #"{"counts":{"a":null}}"#).path == #"counts["a"]"#)
  }

  @Test func enumsAreReadByNameAndNumber() throws {
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", #"{"aColour":"COLOUR_RED"}"#) == #"{"aColour":"COLOUR_RED"}"#
    )
    #expect(
      try TestPool.jsonRoundTrip("test.Scalars", #"{"aColour":-1}"#) == #"{"aColour":"COLOUR_NEGATIVE"}"#)
    #expect(try TestPool.jsonRoundTrip("test.Scalars", #"{"aColour":99}"#) == #"{"aColour":99}"#)
    let lenient = JSONDecodingOptions(ignoreUnknownFields: true)
    #expect(try TestPool.jsonRoundTrip("test.Scalars", #"{"aColour":"PINK"}"#, reading: lenient) == "{}")
    #expect(
      try TestPool.jsonRoundTrip("test.Lists", #"{"colours":["COLOUR_RED","PINK",2]}"#, reading: lenient)
        == #"{"colours":["COLOUR_RED","COLOUR_GREEN"]}"#)
    #expect(
      try TestPool.jsonRoundTrip("test.Maps", #"{"colours":{"1":"PINK","2":"COLOUR_RED"}}"#, reading: lenient)
        == #"{"colours":{"2":"COLOUR_RED"}}"#)
  }

  @Test func listsAndMapsComeBackAsTheyWere() throws {
    let lists =
      #"{"doubles":[1,2.5],"int32s":[1,-2],"sint64s":["3"],"bools":[true,false],"strings":["a","","世"],"someBytes":["AQ==",""],"colours":["COLOUR_UNSPECIFIED",7],"messages":[{},{"anInt32":1}]}"#
    #expect(try TestPool.jsonRoundTrip("test.Lists", lists) == lists)
    let maps =
      #"{"counts":{"":0,"a":1},"messages":{"-5":{"aBool":true},"7":{}},"flags":{"true":"t","false":"f"},"colours":{"18446744073709551615":"COLOUR_RED"}}"#
    #expect(try TestPool.jsonRoundTrip("test.Maps", maps) == maps)
  }

  @Test(arguments: [
    #"{"messages":{"x":{}}}"#, #"{"messages":{"1.5":{}}}"#, #"{"messages":{"2147483648":{}}}"#,
    #"{"flags":{"1":""}}"#,
    #"{"counts":[]}"#, #"{"counts":{1:1}}"#, #"{"counts":{"a":1,}}"#, #"{"counts":{"a"}}"#,
  ])
  func wrongMapsAreRefused(text: String) throws {
    _ = try jsonError("test.Maps", text)
  }

  // MARK: Syntax

  @Test(arguments: [
    "", " ", "{", "}", "[]", "null", "1", "{}{}", "{} x", #"{"anInt32"}"#, #"{"anInt32":}"#,
    #"{"anInt32":1,}"#, #"{,}"#,
    #"{"anInt32":1 "aBool":true}"#, #"{anInt32:1}"#, #"{'anInt32':1}"#, #"{"anInt32":1]"#, "\u{FEFF}{}",
    #"{"anInt32":1}//"#,
  ])
  func brokenTextIsRefused(text: String) throws {
    _ = try jsonError("test.Scalars", text)
  }

  @Test func whiteSpaceIsAllowedBetweenTokens() throws {
    let text = " \n\t\r{ \"anInt32\" :\t1 , \"aBool\"\n:\ntrue } \n"
    #expect(try TestPool.jsonRoundTrip("test.Scalars", text) == #"{"anInt32":1,"aBool":true}"#)
    #expect(
      try TestPool.jsonRoundTrip("test.Lists", #"{"int32s" : [ 1 , 2 ] , "bools":[ ]}"#)
        == #"{"int32s":[1,2]}"#)
  }

  @Test func nestingIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"left":"#, count: depth) + "{}" + String(repeating: "}", count: depth)
    }
    _ = try TestPool.decodeJSON("test.Tree", nested(99))
    #expect(try jsonError("test.Tree", nested(100)).reason == "objects and lists are nested too deeply")
    #expect(try jsonError("test.Tree", nested(10_000)).reason == "objects and lists are nested too deeply")
    let lists = String(repeating: "[", count: 10_000)
    #expect(
      try jsonError("test.WellKnown", #"{"value":\#(lists)"#).reason
        == "objects and lists are nested too deeply")
    let skipped = JSONDecodingOptions(ignoreUnknownFields: true)
    #expect(
      try jsonError("test.Tree", #"{"x":\#(lists)"#, options: skipped).reason
        == "objects and lists are nested too deeply")
  }

  @Test func sizeAndMemoryAreLimited() throws {
    #expect(throws: JSONDecodingError.self) {
      try TestPool.decodeJSON("test.Scalars", #"{"anInt32":1}"#, options: .init(maxBytes: 10))
    }
    let message = try TestPool.new("test.Lists", limits: .init(maxArenaBytes: 10_000))
    let text = #"{"messages":["# + Array(repeating: "{}", count: 1000).joined(separator: ",") + "]}"
    let error = try #require(throws: JSONDecodingError.self) { try message.merge(json: Array(text.utf8)) }
    #expect(error.reason == "the message needs more memory than it may have")
    #expect(error.path.hasPrefix("messages["))
  }
}
