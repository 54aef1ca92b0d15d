import Testing

@testable import WeftProtobuf

/// Generated types and dynamic messages read and write the same.
@Suite struct AgreementTests {
  private func check<M: Message>(_ type: M.Type, _ json: String) throws {
    let name = String(M.fullName.dropFirst("weft.".count))
    let dynamic = try TestPool.decodeJSON(name, json)
    let bytes = try dynamic.serialized()
    let typed = try M(serialized: bytes)
    #expect(try typed.serialized() == bytes)
    #expect(try M(jsonString: json) == typed)
    #expect(try typed.json() == dynamic.json())
    #expect(try M(json: typed.json()) == typed)
  }

  @Test func scalars() throws {
    try check(Weft_Test_Scalars.self, "{}")
    try check(
      Weft_Test_Scalars.self,
      #"{"aDouble":1.5,"aFloat":-0,"anInt32":-3,"anInt64":"99","aUint32":1,"aUint64":"2","aSint32":-3,"aSint64":"-4","aFixed32":5,"aFixed64":"6","aSfixed32":-7,"aSfixed64":"-8","aBool":true,"aString":"h\u0000é 世","someBytes":"AP8=","aColour":7}"#
    )
  }

  @Test func lists() throws {
    try check(
      Weft_Test_Lists.self,
      #"{"doubles":[1,-2.5e-3],"floats":[0.5],"int32s":[1,2,300],"sint64s":["-1"],"fixed32s":[4],"bools":[true,false],"strings":["a","","long enough not to be stored inline"],"someBytes":["AQ==",""],"colours":["COLOUR_RED",9],"messages":[{},{"aBool":true}],"unpacked":[1,2]}"#
    )
  }

  @Test func maps() throws {
    try check(
      Weft_Test_Maps.self,
      #"{"counts":{"a":1},"messages":{"-2":{}},"flags":{"true":"x"},"colours":{"7":"COLOUR_GREEN"}}"#)
  }

  @Test func oneofs() throws {
    for member in [
      #""number":0"#, #""text":"""#, #""scalars":{}"#, #""flag":false"#,
      #""tree":{"left":{"name":"l"},"children":[{},{}],"named":{"k":{}}}"#,
    ] {
      try check(Weft_Test_Choice.self, #"{"before":"x",\#(member),"after":5,"weight":0}"#)
    }
  }

  @Test func presence() throws {
    try check(Weft_Test_Presence.self, "{}")
    try check(
      Weft_Test_Presence.self,
      #"{"two":"","number":0,"plain":"p","text":"","ratio":0,"scalars":{},"colour":"COLOUR_UNSPECIFIED"}"#)
  }

  @Test func wellKnownTypes() throws {
    try check(
      Weft_Test_WellKnown.self,
      #"{"time":"2024-02-29T12:00:00.5Z","duration":"-1.5s","mask":"a,bC","structure":{"a":[1,null,{"b":"c"}]},"value":[true],"list":[],"empty":{},"aDouble":0,"anInt32":5,"someBytes":"","values":[1,null],"times":["1970-01-01T00:00:00Z"],"mapped":{"x":{}},"nullKind":null}"#
    )
  }

  @Test func proto2() throws {
    try check(
      Weft_Test2_Old.self,
      #"{"must":0,"may":0,"text":"","closed":"TWO","list":["ONE"],"plain":[1,2],"packed":[3,4],"map":{"a":"TEN"},"child":{"must":2},"flag":false,"data":"","number":0}"#
    )
  }

  @Test func mapsKeepTheLastOfEqualKeys() throws {
    let bytes =
      Wire.bytes(1, Wire.string(1, "a") + Wire.int(2, 1))
      + Wire.bytes(1, Wire.string(1, "a") + Wire.int(2, 3))
    #expect(try Weft_Test_Maps(serialized: bytes).counts == ["a": 3])
    #expect(try Weft_Test_Maps(serialized: Wire.bytes(2, Wire.int(1, 7))).messages == [7: .init()])
  }
}
