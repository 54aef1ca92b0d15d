import Testing

@testable import WeftProtobuf

@Suite struct WellKnownTests {
  @Test func anyPacksAndUnpacks() throws {
    let time = Google_Protobuf_Timestamp(seconds: 5, nanos: 6)
    let any = try Google_Protobuf_Any(packing: time)
    #expect(any.typeURL == "type.googleapis.com/google.protobuf.Timestamp")
    #expect(any.messageName == "google.protobuf.Timestamp")
    #expect(any.holds(Google_Protobuf_Timestamp.self))
    #expect(try any.unpacked(as: Google_Protobuf_Timestamp.self) == time)
    #expect(try any.unpacked(as: Google_Protobuf_Duration.self) == nil)
    #expect(!Google_Protobuf_Any().holds(Google_Protobuf_Timestamp.self))
  }

  @Test func timestampsReadAndWriteText() throws {
    let time = try #require(Google_Protobuf_Timestamp(rfc3339: "2024-02-29T12:00:00.25+01:00"))
    #expect(time.rfc3339 == "2024-02-29T11:00:00.250Z")
    #expect(time.secondsSince1970 == 1_709_204_400.25)
    #expect(Google_Protobuf_Timestamp(secondsSince1970: 1_709_204_400.25) == time)
    #expect(Google_Protobuf_Timestamp(secondsSince1970: -0.5) == .init(seconds: -1, nanos: 500_000_000))
    #expect(Google_Protobuf_Timestamp(rfc3339: "yesterday") == nil)
    #expect(Google_Protobuf_Timestamp(seconds: .max).rfc3339 == nil)
    #expect(Google_Protobuf_Timestamp.now() > time)
  }

  @Test func durationsConvert() {
    #expect(Google_Protobuf_Duration(.milliseconds(-1500)) == .init(seconds: -1, nanos: -500_000_000))
    #expect(Google_Protobuf_Duration(seconds: 1, nanos: 5).duration == .nanoseconds(1_000_000_005))
  }

  @Test func valuesAreLiterals() {
    let value: Google_Protobuf_Value = ["a": [1, 2.5, "x", true, nil]]
    #expect(value.structValue?["a"]?.listValue?.values.count == 5)
    #expect(value.structValue?["a"]?.listValue?.values.last == .null)
    let list: Google_Protobuf_ListValue = [1, "a"]
    #expect(list.values[1].stringValue == "a")
  }

  @Test func masksAreCheckedAgainstAType() throws {
    let tree = try TestPool.type("test.Tree")
    #expect((["name", "left.right.name", "children"] as Google_Protobuf_FieldMask).isValid(for: tree))
    for path in ["nme", "left.", "", "children.name", "name.x", "left..name"] {
      #expect(!([path] as Google_Protobuf_FieldMask).isValid(for: tree), "\(path)")
    }
  }

  @Test func wrappersTakeTheirValue() {
    #expect(Google_Protobuf_Int32Value(5).value == 5)
    #expect(Google_Protobuf_StringValue("x").value == "x")
  }
}
