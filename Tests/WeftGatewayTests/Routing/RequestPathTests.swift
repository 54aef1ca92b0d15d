import Testing
import WeftProtobuf

@testable import WeftGateway

@Suite("Request paths")
struct RequestPathTests {
  /// The value that the template's first variable takes from the path.
  private func capture(_ template: String, _ path: String) throws -> String? {
    let template = try PathTemplate(template)
    var trie = RouteTrie<Bool>()
    #expect(trie.insert(template, method: "GET", value: true) == nil)
    guard case .found(_, let segments) = trie.match(try RequestPath(path), method: "GET") else { return nil }
    return try #require(template.variables.first).value(in: segments)
  }

  @Test("are cut at slashes before they are decoded")
  func encodedSlash() throws {
    #expect(try RequestPath("/a%2Fb/c").segments.map(\.text) == ["a/b", "c"])
    #expect(try capture("/v1/{x}", "/v1/a%2Fb") == "a/b")
    #expect(try capture("/v1/{x}", "/v1/a/b") == nil)
    #expect(try capture("/v1/a/{x}", "/v1/a%2Fb") == nil)
  }

  @Test("keep encoded slashes in captures of several segments, and decode the rest")
  func multiSegment() throws {
    #expect(try capture("/v1/{x=**}", "/v1/a%2fb/c%20d/%E4%BD%A0") == "a%2fb/c d/你")
    #expect(try capture("/v1/{x=shelves/*}", "/v1/shelves/a%2Fb") == "shelves/a%2Fb")
    #expect(try capture("/v1/{x=**}", "/v1") == "")
    #expect(try capture("/v1/{x=**}", "/v1/a//b/") == "a//b/")
  }

  @Test("decode single segments whole")
  func singleSegment() throws {
    #expect(try capture("/v1/{x}", "/v1/%e4%bd%a0%25%3A+%00") == "你%:+\0")
    #expect(try capture("/v1/{x}", "/v1/你好") == "你好")
    #expect(try capture("/v1/{x}", "/v1/") == nil)
    #expect(try capture("/v1/{x}", "/v1/a/") == nil)
    #expect(try capture("/v1/{x}:go", "/v1/a:b:go") == "a:b")
    #expect(try capture("/v1/{x}:go", "/v1/a%3Ago") == nil)
  }

  @Test(
    "with a bad percent sign are refused by name",
    arguments: ["%zz", "%", "%4", "%4g", "a%%20", "x:%zz", "%2"])
  func badPercent(segment: String) {
    let error = #expect(throws: RequestPath.Failure.self) { try RequestPath("/v1/\(segment)/x") }
    #expect(error?.reason.contains("percent sign") == true)
  }

  @Test("show the bad percent sign in the reason")
  func namesTheCulprit() {
    let error = #expect(throws: RequestPath.Failure.self) { try RequestPath("/v1/a%zzb") }
    #expect(
      error?.reason
        == "bad path: \"%zz\" is not a percent sign with two hexadecimal digits, at offset 5")
  }

  @Test("that are not UTF-8 when decoded are refused", arguments: ["%ff", "%c0%80", "%ed%a0%80", "%e4%bd"])
  func invalidUTF8(segment: String) {
    let error = #expect(throws: RequestPath.Failure.self) { try RequestPath("/v1/\(segment)") }
    #expect(error?.reason.contains("not UTF-8") == true)
  }

  @Test("that were no UTF-8 as sent are refused")
  func repairedUTF8() throws {
    #expect(throws: RequestPath.Failure.self) { try RequestPath("/v1/\u{FFFD}") }
    #expect(try RequestPath("/v1/%EF%BF%BD").segments.last?.text == "\u{FFFD}")
  }

  @Test("must begin with a slash and not have too many segments")
  func bounds() throws {
    #expect(throws: RequestPath.Failure.self) { try RequestPath("") }
    #expect(throws: RequestPath.Failure.self) { try RequestPath("*") }
    #expect(throws: RequestPath.Failure.self) { try RequestPath(String(repeating: "/", count: 10_000)) }
    #expect(try RequestPath("/").segments.isEmpty)
  }
}
