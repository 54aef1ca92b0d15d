import Testing

@testable import WeftRPC

@Suite struct BinaryLogFilterTests {
  private func limits(_ filter: String, _ path: String = "/a.B/C") throws -> BinaryLogFilter.Limits? {
    try BinaryLogFilter(filter).limits(for: path)
  }

  @Test func theClosestPatternDecides() throws {
    let filter = "*{h:1},a.B/*{h:2},a.B/C{h:3},-a.B/D"
    #expect(try limits(filter, "/x.Y/Z")?.headerBytes == 1)
    #expect(try limits(filter, "/a.B/X")?.headerBytes == 2)
    #expect(try limits(filter, "/a.B/C")?.headerBytes == 3)
    #expect(try limits(filter, "/a.B/D") == nil)
    #expect(try limits("a.B/C", "/a.B/X") == nil)
  }

  @Test func howMuchIsKeptStandsInBraces() throws {
    #expect(try limits("*") == .everything)
    #expect(try limits("*{h}") == .init(headerBytes: .max, messageBytes: 0))
    #expect(try limits("*{m:256}") == .init(headerBytes: 0, messageBytes: 256))
    #expect(try limits("*{h:12;m:0}") == .init(headerBytes: 12, messageBytes: 0))
    #expect(try limits("*{m;h}") == .everything)
  }

  @Test(arguments: [
    "", ",", "*,", "*,*", "a.B", "a.B/", "/C", "a.B/C/D", "a.B/C,a.B/C", "a.B/*,a.B/*", "-*", "-a.B/*",
    "-a.B/C,a.B/C", "-a.B/C{h}", "*{", "*{}", "*{x}", "*{h:}", "*{h:-1}", "*{h:1;h:2}", "*{h:1,m:1}",
    "*{h:1x}",
    "*{h:99999999999999999999}",
  ])
  func whatMeansNothingIsRefused(filter: String) {
    #expect(throws: BinaryLogFilter.Malformed.self) { try BinaryLogFilter(filter) }
  }

  @Test func theErrorNamesThePattern() {
    let error = #expect(throws: BinaryLogFilter.Malformed.self) { try BinaryLogFilter("*,a.B") }
    #expect(error?.pattern == "a.B")
    #expect("\(error.map { "\($0)" } ?? "")".contains("package.Service/Method"))
  }
}
