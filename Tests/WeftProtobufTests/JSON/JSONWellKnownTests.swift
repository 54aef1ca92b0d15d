import Testing

@testable import WeftProtobuf

@Suite struct JSONWellKnownTests {
  private func roundTrip(_ text: String) throws -> String {
    try TestPool.jsonRoundTrip("test.WellKnown", text)
  }

  @Test(arguments: [
    #"{"time":"1970-01-01T00:00:00Z"}"#, #"{"time":"2024-02-29T23:59:59.123Z"}"#,
    #"{"time":"0001-01-01T00:00:00Z"}"#,
    #"{"time":"9999-12-31T23:59:59.999999999Z"}"#, #"{"time":"1969-12-31T23:59:59.500Z"}"#,
    #"{"time":"2000-03-01T12:00:00.000001Z"}"#,
    #"{"duration":"1.500s"}"#, #"{"duration":"-1.500s"}"#, #"{"duration":"0s"}"#, #"{"duration":"-0.500s"}"#,
    #"{"duration":"315576000000.999999999s"}"#, #"{"duration":"-315576000000s"}"#,
    #"{"mask":"a,fooBar.bazQux,x1"}"#, #"{"mask":"a\"b,*"}"#, #"{"mask":""}"#, #"{"empty":{}}"#,
    #"{"structure":{"a":1,"b":[true,null,"x",{"c":{}}],"d":-1.5}}"#, #"{"list":[1,[],{}]}"#, #"{"list":[]}"#,
    #"{"value":null}"#, #"{"value":[null]}"#, #"{"value":{"a":null}}"#, #"{"value":"x"}"#, #"{"value":1.25}"#,
    #"{"value":false}"#,
    #"{"aDouble":0,"aFloat":1.5,"anInt64":"-1","aUint64":"0","anInt32":-5,"aUint32":0,"aBool":false,"aString":"","someBytes":"AA=="}"#,
    #"{"values":[1,null,"a"],"times":["1970-01-01T00:00:01Z"],"mapped":{"a":null,"b":{"x":1}}}"#,
    #"{"nullKind":null}"#,
    #"{"wrappedKind":0}"#,
  ])
  func comesBackAsItWas(text: String) throws {
    #expect(try roundTrip(text) == text)
  }

  @Test(arguments: [
    (#"{"time":"2024-01-01T00:00:00+05:30"}"#, #"{"time":"2023-12-31T18:30:00Z"}"#),
    (#"{"time":"2024-01-01T00:00:00.5-08:00"}"#, #"{"time":"2024-01-01T08:00:00.500Z"}"#),
    (#"{"duration":"1.5s"}"#, #"{"duration":"1.500s"}"#),
    (#"{"duration":"3.0000001s"}"#, #"{"duration":"3.000000100s"}"#),
    (#"{"anInt64":7,"anInt32":"8"}"#, #"{"anInt64":"7","anInt32":8}"#),
    (#"{"anInt32":null,"aString":null}"#, "{}"),
    (#"{"nothing":null}"#, "{}"), (#"{"time":null,"any":null,"structure":null}"#, "{}"),
    (#"{"any":{}}"#, #"{"any":{}}"#),
  ])
  func isBroughtToTheCanonicalForm(text: String, expected: String) throws {
    #expect(try roundTrip(text) == expected)
  }

  @Test(arguments: [
    #"{"time":"0000-01-01T00:00:00Z"}"#, #"{"time":"2023-02-29T00:00:00Z"}"#,
    #"{"time":"2024-13-01T00:00:00Z"}"#,
    #"{"time":"2024-01-01 00:00:00Z"}"#, #"{"time":"2024-01-01t00:00:00Z"}"#,
    #"{"time":"2024-01-01T00:00:00z"}"#,
    #"{"time":"2024-01-01T00:00:00"}"#, #"{"time":"2024-01-01T24:00:00Z"}"#,
    #"{"time":"2024-01-01T00:00:00.Z"}"#,
    #"{"time":"2024-01-01T00:00:00.1234567890Z"}"#, #"{"time":"9999-12-31T23:59:59-00:01"}"#, #"{"time":1}"#,
    #"{"time":{}}"#,
    #"{"time":"0001-01-01T00:00:00+00:01"}"#, #"{"time":"٢٠٢٤-01-01T00:00:00Z"}"#,
    #"{"duration":"1"}"#, #"{"duration":"1.s"}"#, #"{"duration":".5s"}"#, #"{"duration":"315576000001s"}"#,
    #"{"duration":"1.0000000001s"}"#,
    #"{"duration":"--1s"}"#, #"{"duration":"1e3s"}"#, #"{"duration":1}"#,
    #"{"mask":"foo_bar"}"#, #"{"mask":"a,,b"}"#, #"{"mask":["a"]}"#, #"{"empty":{"a":1}}"#, #"{"empty":[]}"#,
    #"{"structure":[]}"#, #"{"structure":{"a":1,"a":2}}"#, #"{"list":{}}"#, #"{"value":}"#, #"{"value":nul}"#,
    #"{"value":"NaN}"#,
    #"{"anInt32":"x"}"#, #"{"anInt32":{"value":1}}"#, #"{"aBool":1}"#, #"{"values":[1,}"#,
    #"{"times":[null]}"#,
    #"{"any":{"a":1}}"#, #"{"any":{"@type":"type.googleapis.com/weft.test.None"}}"#, #"{"any":{"@type":1}}"#,
    #"{"any":{"@type":""}}"#,
    #"{"any":{"@type":"weft.test.Tree"}}"#,
    #"{"any":{"@type":"x/weft.test.Tree","@type":"x/weft.test.Tree"}}"#,
    #"{"any":{"@type":"x/weft.test.Tree","nme":"a"}}"#,
    #"{"any":{"@type":"x/google.protobuf.Duration","value":1}}"#,
    #"{"any":{"@type":"x/google.protobuf.Duration","value":"1s","value":"1s"}}"#,
    #"{"any":{"@type":"x/google.protobuf.Duration","seconds":1}}"#,
  ])
  func wrongFormsAreRefused(text: String) throws {
    _ = try jsonError("test.WellKnown", text)
  }

  @Test func anyHoldsOtherMessages() throws {
    for text in [
      #"{"any":{"@type":"type.googleapis.com/weft.test.Tree","name":"n","children":[{}]}}"#,
      #"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}"#,
      #"{"any":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"a":[1]}}}"#,
      #"{"any":{"@type":"x/google.protobuf.Any","value":{"@type":"x/google.protobuf.Int32Value","value":5}}}"#,
      #"{"any":{"@type":"x/weft.test.WellKnown","any":{"@type":"x/weft.test.Tree"}}}"#,
      #"{"any":{"@type":"x/google.protobuf.Value","value":null}}"#,
    ] {
      #expect(try roundTrip(text) == text)
    }
    // The type may come last.
    #expect(
      try roundTrip(#"{"any":{"name":"n","@type":"x/weft.test.Tree"}}"#)
        == #"{"any":{"@type":"x/weft.test.Tree","name":"n"}}"#)
    let message = try TestPool.decodeJSON(
      "test.WellKnown", #"{"any":{"name":"n","@type":"x/weft.test.Tree"}}"#)
    #expect(
      try message.serialized()
        == Wire.bytes(1, Wire.string(1, "x/weft.test.Tree") + Wire.bytes(2, Wire.string(3, "n"))))
  }

  @Test func errorsWithinAnyNameThePath() throws {
    let error = try jsonError(
      "test.WellKnown", #"{"any":{"@type":"x/weft.test.Tree","children":[{"name":1}]}}"#)
    #expect(error.path == "any.children[0].name")
  }

  @Test func whatHasNoFormIsRefused() throws {
    for bytes in [
      Wire.bytes(2, Wire.int(1, UInt64(bitPattern: -62_135_596_801))),
      Wire.bytes(2, Wire.int(1, 253_402_300_800)),
      Wire.bytes(2, Wire.int(2, 1_000_000_000)), Wire.bytes(2, Wire.int(2, UInt64(bitPattern: -1))),
      Wire.bytes(3, Wire.int(1, 315_576_000_001)),
      Wire.bytes(3, Wire.int(1, 1) + Wire.int(2, UInt64(bitPattern: -1))),
      Wire.bytes(4, Wire.string(1, "fooBar")), Wire.bytes(4, Wire.string(1, "foo__bar")),
      Wire.bytes(4, Wire.string(1, "foo_3")), Wire.bytes(4, Wire.string(1, "a,b")),
      Wire.bytes(6, []), Wire.bytes(6, Wire.fixed64(2, Double.nan.bitPattern)),
      Wire.bytes(6, Wire.fixed64(2, Double.infinity.bitPattern)),
      Wire.bytes(1, Wire.string(1, "x/unknown.Type")),
      Wire.bytes(1, Wire.string(1, "x/weft.test.Tree") + Wire.bytes(2, [0x0A])),
    ] {
      #expect(throws: JSONEncodingError.self, "\(bytes)") { try TestPool.json("test.WellKnown", bytes) }
    }
  }

  @Test func prettyTextIsIndentedByWhatItShows() throws {
    let text =
      #"{"any":{"@type":"x/google.protobuf.Struct","value":{"a":[1,{"b":null}]}},"structure":{"c":{},"d":[]},"#
      + #""list":[[true]],"values":["x",{"e":1}]}"#
    #expect(
      try TestPool.jsonRoundTrip("test.WellKnown", text, writing: .init(pretty: true)) == """
        {
          "any": {
            "@type": "x/google.protobuf.Struct",
            "value": {
              "a": [
                1,
                {
                  "b": null
                }
              ]
            }
          },
          "structure": {
            "c": {},
            "d": []
          },
          "list": [
            [
              true
            ]
          ],
          "values": [
            "x",
            {
              "e": 1
            }
          ]
        }
        """)
  }

  @Test func mergingReplacesWellKnownValues() throws {
    let message = try TestPool.decodeJSON(
      "test.WellKnown", #"{"time":"1970-01-01T00:00:01.5Z","mask":"a,b","value":{"a":1}}"#)
    try message.merge(json: Array(#"{"time":"1970-01-01T00:00:02Z","mask":"c","value":[1]}"#.utf8))
    #expect(
      String(decoding: try message.json(), as: UTF8.self)
        == #"{"time":"1970-01-01T00:00:02Z","mask":"c","value":[1]}"#)
  }

  @Test func datesAgreeWithADayByDayCount() throws {
    var date = try #require(CivilDate(year: 1, month: 1, day: 1))
    var days = date.daysSince1970
    #expect(days == -719_162)
    while true {
      #expect(CivilDate(daysSince1970: days) == date)
      days += 1
      if let next = CivilDate(year: date.year, month: date.month, day: date.day + 1) {
        date = next
      } else if let next = CivilDate(year: date.year, month: date.month + 1, day: 1) {
        date = next
      } else if let next = CivilDate(year: date.year + 1, month: 1, day: 1),
        next.year <= 420 || next.year > 9990
      {
        date = next
      } else if date.year == 420 {
        date = try #require(CivilDate(year: 9990, month: 1, day: 1))
        days = date.daysSince1970
      } else {
        break
      }
      if date.daysSince1970 != days { Issue.record("\(date)") }
    }
    #expect(days - 1 == 2_932_896)
  }
}
