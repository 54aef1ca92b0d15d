import Testing
import WeftProtobuf

/// Generated code and protoc read and write the same bytes.
@Suite struct RoundTripTests {
  /// `message` encodes to what protoc makes of `text`, and those bytes decode to `message`.
  private func expectSame<M: Message>(
    _ message: M, _ text: String, in file: String = "everything.proto",
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try Protoc.encode(text, as: M.fullName, in: file)
    #expect(try M(serialized: expected) == message, sourceLocation: location)
    let own = try message.serialized()
    #expect(try M(serialized: own) == message, sourceLocation: location)
    #expect(
      try Protoc.decode(own, as: M.fullName, in: file)
        == Protoc.decode(expected, as: M.fullName, in: file), sourceLocation: location)
  }

  @Test func plainFieldsOfEveryType() throws {
    var message = Weft_Test_V1_Plain()
    message.aDouble = -1.5
    message.aFloat = 3.25
    message.anInt64 = .min
    message.aUint64 = .max
    message.anInt32 = -7
    message.aFixed64 = .max
    message.aFixed32 = .max
    message.aBool = true
    message.aString = "简历 \u{0} é"
    message.someBytes = [0, 255, 10]
    message.aUint32 = .max
    message.anSfixed32 = .min
    message.anSfixed64 = .min
    message.anSint32 = .min
    message.anSint64 = .min
    message.colour = .darkBlue
    message.part = .with {
      $0.number = 1
      $0.name = "x"
    }
    try expectSame(
      message,
      #"""
      a_double: -1.5 a_float: 3.25 an_int64: -9223372036854775808 a_uint64: 18446744073709551615
      an_int32: -7 a_fixed64: 18446744073709551615 a_fixed32: 4294967295 a_bool: true
      a_string: "简历 \000 é" some_bytes: "\000\377\n" a_uint32: 4294967295 an_sfixed32: -2147483648
      an_sfixed64: -9223372036854775808 an_sint32: -2147483648 an_sint64: -9223372036854775808
      colour: COLOUR_DARK_BLUE part { number: 1 name: "x" }
      """#)
  }

  @Test func plainFieldsAtTheirDefaultsTakeNoBytes() throws {
    #expect(try Weft_Test_V1_Plain().serialized() == [])
    try expectSame(Weft_Test_V1_Plain(), "")
  }

  @Test func negativeZeroIsNotTheDefault() throws {
    var message = Weft_Test_V1_Plain()
    message.aDouble = -0.0
    message.aFloat = -0.0
    let bytes = try message.serialized()
    #expect(bytes.count == 14)
    let decoded = try Weft_Test_V1_Plain(serialized: bytes)
    #expect(decoded.aDouble.sign == .minus && decoded.aFloat.sign == .minus)
  }

  @Test func optionalFieldsAreSentEvenAtTheirDefaults() throws {
    var message = Weft_Test_V1_Present()
    message.aDouble = 0
    message.aFloat = 0
    message.anInt64 = 0
    message.aUint64 = 0
    message.anInt32 = 0
    message.aFixed64 = 0
    message.aFixed32 = 0
    message.aBool = false
    message.aString = ""
    message.someBytes = []
    message.aUint32 = 0
    message.anSfixed32 = 0
    message.anSfixed64 = 0
    message.anSint32 = 0
    message.anSint64 = 0
    message.colour = .unspecified
    message.part = Weft_Test_V1_Part()
    try expectSame(
      message,
      """
      a_double: 0 a_float: 0 an_int64: 0 a_uint64: 0 an_int32: 0 a_fixed64: 0 a_fixed32: 0
      a_bool: false a_string: "" some_bytes: "" a_uint32: 0 an_sfixed32: 0 an_sfixed64: 0
      an_sint32: 0 an_sint64: 0 colour: COLOUR_UNSPECIFIED part {}
      """)
  }

  @Test func optionalFieldsThatAreNotSetStayNil() throws {
    let decoded = try Weft_Test_V1_Present(serialized: [])
    #expect(decoded.aDouble == nil && decoded.aString == nil && decoded.colour == nil)
    #expect(decoded.someBytes == nil && decoded.part == nil && decoded.anSint64 == nil)
  }

  @Test func repeatedFieldsOfEveryType() throws {
    var message = Weft_Test_V1_Many()
    message.doubles = [1, -2]
    message.floats = [0.5]
    message.int64s = [1, -1]
    message.uint64s = [.max]
    message.int32s = [0, -1, 2]
    message.fixed64s = [3]
    message.fixed32s = [4, 5]
    message.bools = [true, false]
    message.strings = ["", "b"]
    message.byteStrings = [[], [1]]
    message.uint32s = [.max]
    message.sfixed32s = [-6]
    message.sfixed64s = [-7]
    message.sint32s = [-8]
    message.sint64s = [-9]
    message.colours = [.negative, .red, .unrecognized(99)]
    message.parts = [Weft_Test_V1_Part(), .with { $0.number = 2 }]
    message.unpacked = [1, 2]
    try expectSame(
      message,
      #"""
      doubles: [1, -2] floats: 0.5 int64s: [1, -1] uint64s: 18446744073709551615 int32s: [0, -1, 2]
      fixed64s: 3 fixed32s: [4, 5] bools: [true, false] strings: ["", "b"] byte_strings: ["", "\001"]
      uint32s: 4294967295 sfixed32s: -6 sfixed64s: -7 sint32s: -8 sint64s: -9
      colours: [COLOUR_NEGATIVE, COLOUR_RED, 99] parts {} parts { number: 2 } unpacked: [1, 2]
      """#)
  }

  @Test func mapsOfEveryKeyAndKindOfValue() throws {
    var message = Weft_Test_V1_Maps()
    message.int32Doubles = [-1: 0.5]
    message.int64Floats = [.min: 1]
    message.uint32Int64s = [.max: -1]
    message.uint64Bools = [.max: true]
    message.sint32Strings = [-3: "x"]
    message.sint64Bytes = [-4: [9]]
    message.fixed32Colours = [5: .red]
    message.fixed64Parts = [6: .with { $0.name = "p" }]
    message.sfixed32Uint32s = [-7: 7]
    message.sfixed64Sint64s = [-8: -8]
    message.boolFixed32s = [false: 0]
    message.stringTimestamps = ["": Google_Protobuf_Timestamp()]
    try expectSame(
      message,
      #"""
      int32_doubles { key: -1 value: 0.5 } int64_floats { key: -9223372036854775808 value: 1 }
      uint32_int64s { key: 4294967295 value: -1 } uint64_bools { key: 18446744073709551615 value: true }
      sint32_strings { key: -3 value: "x" } sint64_bytes { key: -4 value: "\t" }
      fixed32_colours { key: 5 value: COLOUR_RED } fixed64_parts { key: 6 value { name: "p" } }
      sfixed32_uint32s { key: -7 value: 7 } sfixed64_sint64s { key: -8 value: -8 }
      bool_fixed32s { key: false value: 0 } string_timestamps { key: "" value {} }
      """#)
  }

  @Test func theLastOfTwoEntriesWithOneKeyWins() throws {
    let bytes = try Protoc.encode(
      #"sint32_strings { key: 1 value: "a" } sint32_strings { key: 1 value: "b" }"#,
      as: "weft.test.v1.Maps", in: "everything.proto")
    #expect(try Weft_Test_V1_Maps(serialized: bytes).sint32Strings == [1: "b"])
  }

  @Test(arguments: [
    (Weft_Test_V1_Choices.OneOf_Value.aDouble(0), "a_double: 0"), (.aFloat(2), "a_float: 2"),
    (.anInt64(-1), "an_int64: -1"), (.aBool(false), "a_bool: false"), (.aString(""), "a_string: \"\""),
    (.someBytes([1]), #"some_bytes: "\001""#), (.colour(.red), "colour: COLOUR_RED"),
    (.part(Weft_Test_V1_Part()), "part {}"), (.object(Google_Protobuf_Struct()), "object {}"),
  ])
  func membersOfOneofs(value: Weft_Test_V1_Choices.OneOf_Value, text: String) throws {
    var message = Weft_Test_V1_Choices()
    message.value = value
    message.between = "between"
    message.second = .number(0)
    try expectSame(message, text + #" between: "between" number: 0"#)
  }

  @Test func nestedTypes() throws {
    var message = Weft_Test_V1_Outer()
    message.kind = .small
    message.inner = .with { $0.kind = .small }
    message.middle = .with { $0.inners = ["a": .with { $0.middles = [Weft_Test_V1_Outer.Middle()] }] }
    try expectSame(
      message,
      """
      kind: KIND_SMALL inner { kind: KIND_SMALL }
      middle { inners { key: "a" value { middles {} } } }
      """)
  }

  @Test func wellKnownTypes() throws {
    var message = Weft_Test_V1_WellKnown()
    message.time = .with {
      $0.seconds = -1
      $0.nanos = 999_999_999
    }
    message.duration = .with { $0.nanos = -1 }
    message.value = .with { $0.kind = .boolValue(true) }
    message.text = .with { $0.value = "t" }
    message.numbers = [.with { $0.value = .max }]
    try expectSame(
      message,
      """
      time { seconds: -1 nanos: 999999999 } duration { nanos: -1 } value { bool_value: true }
      text { value: "t" } numbers { value: 9223372036854775807 }
      """)
  }

  @Test func fieldsThatTheTypeDoesNotKnowAreKept() throws {
    let bytes = try Protoc.encode(
      #"an_int32: 5 a_string: "kept" part { number: 1 } a_fixed64: 3 a_fixed32: 4"#,
      as: "weft.test.v1.Plain", in: "everything.proto")
    var old = try Weft_Test_V1_OldPlain(serialized: bytes)
    #expect(!old.unknownFields.isEmpty)
    old.anInt32 = 6
    let plain = try Weft_Test_V1_Plain(serialized: old.serialized())
    #expect(plain.anInt32 == 6 && plain.aString == "kept" && plain.part?.number == 1)
    #expect(plain.aFixed64 == 3 && plain.aFixed32 == 4)
  }

  @Test func proto2FieldsHavePresence() throws {
    var message = Weft_Test_Legacy_Legacy()
    message.needed = 0
    message.neededSize = .large
    message.maybe = 0
    message.text = ""
    message.size = .small
    message.unpacked = [1, 2]
    message.packed = [3, 4]
    message.inner = .with { $0.needed = 1 }
    message.counts = ["a": 0]
    message.named = [1: .with { $0.flag = false }]
    message.choice = .second(.large)
    message.data = []
    try expectSame(
      message,
      """
      needed: 0 needed_size: LARGE maybe: 0 text: "" size: SMALL unpacked: [1, 2] packed: [3, 4]
      inner { needed: 1 needed_size: SMALL } counts { key: "a" value: 0 }
      named { key: 1 value { needed: 0 needed_size: SMALL flag: false } } second: LARGE data: ""
      """, in: "legacy.proto")
  }

  @Test func numbersThatAProto2EnumDoesNotDeclareStayWithTheUnknownFields() throws {
    // Field 5 with the value 99.
    let decoded = try Weft_Test_Legacy_Legacy(serialized: [0x28, 99])
    #expect(decoded.size == nil && !decoded.unknownFields.isEmpty)
    #expect(try decoded.serialized().suffix(2) == [0x28, 99])
  }

  @Test func extensionsAreKeptAsUnknownFields() throws {
    let text = #"needed: 1 needed_size: LARGE [weft.test.legacy.extra]: "more""#
    let bytes = try Protoc.encode(text, as: "weft.test.legacy.Legacy", in: "legacy.proto")
    let again = try Weft_Test_Legacy_Legacy(serialized: bytes).serialized()
    #expect(
      try Protoc.decode(again, as: "weft.test.legacy.Legacy", in: "legacy.proto")
        == Protoc.decode(bytes, as: "weft.test.legacy.Legacy", in: "legacy.proto"))
  }

  @Test func typesWithoutAPackage() throws {
    var message = Outer()
    message.nested = .with { $0.nested = "n" }
    message.top = .with { $0.top = 1 }
    message.outer = .with { $0.inner = .with { $0.nested = "i" } }
    message.outers = [Outer()]
    try expectSame(
      message, #"nested { nested: "n" } top { top: 1 } outer { inner { nested: "i" } } outers {}"#,
      in: "bare.proto")
  }
}
