import Testing

@testable import WeftProtobuf

@Suite struct WireTests {
  static let scalars =
    Wire.fixed64(1, (1.5 as Double).bitPattern) + Wire.fixed32(2, (-2.25 as Float).bitPattern)
    + Wire.int(3, UInt64(bitPattern: -3)) + Wire.int(4, UInt64(bitPattern: .min)) + Wire.int(5, 4_294_967_295)
    + Wire.int(6, .max) + Wire.int(7, 1) + Wire.int(8, 4) + Wire.fixed32(9, 9) + Wire.fixed64(10, 10)
    + Wire.fixed32(11, UInt32(bitPattern: -11)) + Wire.fixed64(12, UInt64(bitPattern: -12)) + Wire.int(13, 1)
    + Wire.string(14, "héllo 世界") + Wire.bytes(15, [0, 255]) + Wire.int(16, 2)

  @Test func everyScalarComesBackAsItWas() throws {
    #expect(try TestPool.roundTrip("test.Scalars", Self.scalars) == Self.scalars)
    let json = try TestPool.json("test.Scalars", Self.scalars)
    #expect(
      json == """
        {"aDouble":1.5,"aFloat":-2.25,"anInt32":-3,"anInt64":"-9223372036854775808","aUint32":4294967295,\
        "aUint64":"18446744073709551615","aSint32":-1,"aSint64":"2","aFixed32":9,"aFixed64":"10",\
        "aSfixed32":-11,"aSfixed64":"-12","aBool":true,"aString":"héllo 世界","someBytes":"AP8=",\
        "aColour":"COLOUR_GREEN"}
        """)
  }

  @Test func packedAndUnpackedAreBothAccepted() throws {
    let packed = Wire.bytes(3, [1, 2, 3])
    let unpacked = Wire.int(3, 1) + Wire.int(3, 2) + Wire.int(3, 3)
    #expect(try TestPool.json("test.Lists", packed) == #"{"int32s":[1,2,3]}"#)
    #expect(try TestPool.json("test.Lists", unpacked) == #"{"int32s":[1,2,3]}"#)
    #expect(try TestPool.json("test.Lists", packed + unpacked) == #"{"int32s":[1,2,3,1,2,3]}"#)
    #expect(try TestPool.roundTrip("test.Lists", unpacked) == packed)
    // `packed = false` writes one record each, and reads both.
    #expect(
      try TestPool.roundTrip("test.Lists", Wire.bytes(11, [1, 2])) == Wire.int(11, 1) + Wire.int(11, 2))
  }

  @Test func everyKindOfListComesBackAsItWas() throws {
    let bytes =
      Wire.bytes(1, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]) + Wire.bytes(2, [0, 0, 0x80, 0x3F])
      + Wire.bytes(4, [1, 2, 3]) + Wire.bytes(5, [1, 0, 0, 0, 2, 0, 0, 0]) + Wire.bytes(6, [1, 0, 1])
      + Wire.string(7, "a") + Wire.string(7, "") + Wire.bytes(8, [9]) + Wire.bytes(8, [])
      + Wire.bytes(9, [0, 1]) + Wire.bytes(10, []) + Wire.bytes(10, Wire.int(3, 1))
    #expect(try TestPool.roundTrip("test.Lists", bytes) == bytes)
  }

  @Test func aMemberReplacesTheOtherMembersOfItsOneof() throws {
    let bytes = Wire.int(2, 5) + Wire.string(3, "x") + Wire.bytes(4, Wire.int(3, 1)) + Wire.string(3, "y")
    #expect(try TestPool.roundTrip("test.Choice", bytes) == Wire.string(3, "y"))
    // Coming back to a message starts with a new one.
    let again = Wire.bytes(4, Wire.int(3, 1)) + Wire.int(2, 5) + Wire.bytes(4, Wire.int(4, 2))
    #expect(try TestPool.json("test.Choice", again) == #"{"scalars":{"anInt64":"2"}}"#)
  }

  @Test func defaultsWithPresenceAreWritten() throws {
    let bytes = Wire.int(1, 0) + Wire.string(3, "") + Wire.fixed64(4, 0) + Wire.int(6, 0)
    #expect(try TestPool.roundTrip("test.Presence", bytes) == bytes)
    #expect(try TestPool.roundTrip("test.Presence", Wire.string(2, "")) == [])
  }

  @Test func unknownFieldsAreKeptInOrder() throws {
    let unknown = Wire.int(77, 1) + Wire.string(78, "x") + Wire.fixed32(79, 5) + Wire.fixed64(80, 6)
    let bytes = Wire.int(3, 1) + unknown
    #expect(try TestPool.roundTrip("test.Scalars", unknown + Wire.int(3, 1)) == bytes)
  }

  @Test func mapEntriesWriteKeyAndValueEvenAtTheirDefaults() throws {
    #expect(
      try TestPool.roundTrip("test.Maps", Wire.bytes(1, []))
        == Wire.bytes(1, Wire.string(1, "") + Wire.int(2, 0)))
  }

  @Test func duplicatesInALargeMapAreRemoved() throws {
    let entries = (0..<3000).map {
      Wire.bytes(1, Wire.string(1, "key\($0 % 1000)") + Wire.int(2, UInt64($0)))
    }
    let message = try TestPool.decode("test.Maps", Array(entries.joined()))
    let field = try #require(message.descriptor.field(named: "counts"))
    guard case .map(let pairs) = message.get(field) else {
      Issue.record("no map")
      return
    }
    #expect(pairs.count == 1000)
    for (index, pair) in pairs.enumerated() {
      guard case .string(let key) = pair.key, case .int32(let value) = pair.value else { continue }
      #expect(key == "key\(index)")
      #expect(value == Int32(2000 + index))
    }
  }

  // MARK: proto2

  @Test func undeclaredNumbersOfAClosedEnumAreUnknownFields() throws {
    let must = Wire.int(1, 1)
    #expect(
      try TestPool.json("test2.Old", must + Wire.int(4, 2) + Wire.int(4, 5)) == #"{"must":1,"closed":"TWO"}"#)
    #expect(try TestPool.roundTrip("test2.Old", must + Wire.int(4, 5)) == must + Wire.int(4, 5))
    #expect(
      try TestPool.roundTrip("test2.Old", must + Wire.bytes(5, [1, 5, 10]))
        == must + Wire.int(5, 1) + Wire.int(5, 10) + Wire.int(5, 5))
    let entry = Wire.bytes(8, Wire.string(1, "a") + Wire.int(2, 5))
    #expect(try TestPool.roundTrip("test2.Old", must + entry) == must + entry)
    #expect(try TestPool.json("test2.Old", must + entry) == #"{"must":1}"#)
  }

  @Test func proto2FieldsHavePresence() throws {
    let bytes =
      Wire.int(1, 0) + Wire.int(2, 0) + Wire.string(3, "") + Wire.int(10, 0) + Wire.bytes(11, [])
      + Wire.fixed64(12, 0)
    #expect(try TestPool.roundTrip("test2.Old", bytes) == bytes)
  }

  @Test func requiredFieldsAreAlwaysWritten() throws {
    #expect(try TestPool.roundTrip("test2.Old", []) == Wire.int(1, 0))
    #expect(try TestPool.json("test2.Old", []) == #"{"must":0}"#)
  }

  @Test func extensionsAreKeptAsUnknownFields() throws {
    let bytes = Wire.int(1, 1) + Wire.string(100, "extension")
    #expect(try TestPool.roundTrip("test2.Old", bytes) == bytes)
  }

  // MARK: Damage

  @Test(
    arguments: [
      ([0x1A], DecodingError.Reason.badVarint), ([0x18], .badVarint), ([0x09, 1, 2], .truncated),
      ([0x15, 1], .truncated),
      ([0x72, 5, 1], .truncated), ([0x1F, 1], .badWireType), ([0xB3, 6, 8, 1], .truncated),
      ([0x0C], .badGroup),
      ([0xB3, 6, 0xBC, 6], .badGroup),
      ([0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], .badVarint),
      ([0x72, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], .truncated),
    ] as [([UInt8], DecodingError.Reason)])
  func damagedInputIsRefused(bytes: [UInt8], reason: DecodingError.Reason) throws {
    #expect(try decodingError("test.Scalars", bytes).reason == reason)
  }

  @Test func everyPrefixOfAMessageIsReadOrRefused() throws {
    for length in 0..<Self.scalars.count {
      _ = try? TestPool.decode("test.Scalars", Array(Self.scalars.prefix(length)))
    }
  }

  @Test func errorsNameTheField() throws {
    let bytes = Wire.bytes(1, Wire.bytes(4, Wire.bytes(3, [0xFF])))
    let error = try decodingError("test.Tree", bytes)
    #expect(error.path == "left.children.name")
    #expect(error.type == "weft.test.Tree")
    #expect(error.byteOffset == bytes.count - 1)
    #expect(error.description == "left.children.name (in weft.test.Tree), byte 6: a string is not UTF-8")
  }

  @Test func deeplyNestedUnknownGroupsAreRefused() throws {
    var bytes: [UInt8] = []
    for _ in 0..<10_000 { bytes += Wire.tag(99, 3) }
    #expect(try decodingError("test.Scalars", bytes).reason == .tooDeep)
  }
}
