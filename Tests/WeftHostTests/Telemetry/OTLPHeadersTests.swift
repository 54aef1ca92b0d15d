import Testing
import WeftRPC

@testable import WeftHost

@Suite struct OTLPHeadersTests {
  @Test func pairsBecomeMetadata() throws {
    let metadata = try #require(OTLPHeaders.metadata("Authorization=Bearer a=b, x-tenant=blue"))
    #expect(metadata["authorization"] == "Bearer a=b")
    #expect(metadata["x-tenant"] == "blue")
    #expect(OTLPHeaders.metadata("")?.isEmpty == true)
  }

  @Test(arguments: ["a", "a=", "=b", "grpc-timeout=1", "a b\u{e9}=c", "x-a=\u{e9}"])
  func whatCannotBeSentIsRefused(text: String) {
    #expect(OTLPHeaders.metadata(text) == nil)
  }

  @Test func aShareIsANumberFromNoneToAll() {
    for text in ["0", "0.25", "1"] { #expect(Double.parse(text) != nil) }
    for text in ["", "nan", "inf", "half"] { #expect(Double.parse(text) == nil) }
    #expect(Double(0).text == "0")
    #expect(0.25.text == "0.25")
  }
}
