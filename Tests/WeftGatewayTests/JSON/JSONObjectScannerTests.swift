import Testing

@testable import WeftGateway

@Suite("The JSON object scanner")
struct JSONObjectScannerTests {
  private func members(_ json: String) throws -> [String] {
    try JSONObjectScanner.members(of: Array(json.utf8)[...]).map {
      $0.name + "=" + String(decoding: $0.value, as: UTF8.self)
    }
  }

  @Test("cuts an object into members and leaves their text alone")
  func cuts() throws {
    #expect(try members(" { } ") == [])
    #expect(
      try members(#" {"a" : [1, {"b":"}]\""}], "\u4f60\n":null,"c":-1.5e3 , "d":"x"} "#)
        == [#"a=[1, {"b":"}]\""}]"#, "你\n=null", "c=-1.5e3", #"d="x""#])
  }

  @Test(
    "refuses what is no object",
    arguments: [
      "", " ", "[]", "1", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":}", "{\"a\":,}", "{\"a\":1,}",
      "{a:1}",
      "{\"a\":1}x", "{\"a\":\"x}", "{\"a\\", "{\"a\":[}", "{\"\\u12\":1}", "{\"\\ud800\":1}", "{\"\\x\":1}",
      "{\"a\nb\":1}", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":]}",
    ])
  func malformed(json: String) {
    #expect(throws: JSONObjectScanner.Failure.self) { try members(json) }
  }

  @Test("refuses a name that comes twice, even written differently")
  func duplicates() {
    let error = #expect(throws: JSONObjectScanner.Failure.self) { try members(#"{"a":1,"\u0061":2}"#) }
    #expect(error == JSONObjectScanner.Failure(offset: 7, reason: "\"a\" is there twice"))
  }

  @Test("does not mind depth, and bounds names and members")
  func bounds() throws {
    let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    #expect(try members("{\"a\":\(deep)}").count == 1)
    let many = (0...64).map { "\"k\($0)\":1" }.joined(separator: ",")
    #expect(throws: JSONObjectScanner.Failure.self) { try members("{\(many)}") }
    let long = String(repeating: "x", count: 300)
    #expect(throws: JSONObjectScanner.Failure.self) { try members("{\"\(long)\":1}") }
  }

  @Test("reads strings with escapes and surrogate pairs, and refuses invalid UTF-8")
  func strings() throws {
    #expect(try JSONObjectScanner.string(Array(#""a\u00e9\ud83d\ude42\/""#.utf8)[...]) == "aé🙂/")
    #expect(try JSONObjectScanner.string(Array("12".utf8)[...]) == nil)
    #expect(throws: JSONObjectScanner.Failure.self) {
      try JSONObjectScanner.string([0x22, 0xFF, 0x22])
    }
  }
}
