import Testing

@testable import WeftGateway

@Suite("The JSON writer")
struct JSONWriterTests {
  @Test("places commas and escapes text")
  func writes() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("code", 5)
    writer.field("message", "a \"b\" \\ \n\r\t\u{1}\u{7F} 你好 🙂")
    writer.key("list")
    writer.beginArray()
    writer.boolean(true)
    writer.null()
    writer.raw("{}".utf8)
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.key("last")
    writer.integer(-1)
    writer.endObject()
    let expected =
      #"{"code":5,"message":"a \"b\" \\ \n\r\t\u0001\u007f 你好 🙂","list":[true,null,{},{}],"last":-1}"#
    #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
  }
}

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "follow the Gregorian calendar",
    arguments: [
      (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_399, 7, "2000-02-28T23:59:59.007Z"),
      (951_782_400, 0, "2000-02-29T00:00:00.000Z"), (-1, 999, "1969-12-31T23:59:59.999Z"),
      (4_107_542_400, 50, "2100-03-01T00:00:00.050Z"), (1_795_498_615, 0, "2026-11-24T05:36:55.000Z"),
    ])
  func format(seconds: Int, milliseconds: Int, text: String) {
    #expect(Timestamp.format(seconds: seconds, milliseconds: milliseconds) == text)
  }
}
