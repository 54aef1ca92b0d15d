import Testing

@testable import WeftDNS

@Suite("DNS names")
struct DNSNameTests {
  @Test("are equal in letters of either case, and keep what they had")
  func caseIsKept() throws {
    let name = try #require(DNSName("Web.SERVICE.consul."))
    #expect(name == DNSName("web.service.CONSUL"))
    #expect(name.hashValue == DNSName("web.service.consul")?.hashValue)
    #expect(name.description == "Web.SERVICE.consul.")
  }

  @Test("do not fold what is no letter of ASCII")
  func onlyASCII() {
    #expect(DNSName(labels: [[0xC4]]) != DNSName(labels: [[0xE4]]))
    #expect(DNSName("a@b") != DNSName("a`b"))
  }

  @Test("with empty or long labels are refused", arguments: ["a..b", ".", "..", ".a"])
  func emptyLabels(text: String) {
    #expect(DNSName(text) == (text == "." ? .root : nil))
    #expect(DNSName(String(repeating: "a", count: 64)) == nil)
    #expect(DNSName(String(repeating: "a", count: 63)) != nil)
  }

  @Test("have at most 255 bytes")
  func length() throws {
    // 127 labels of one byte: 2 * 127 + 1.
    let longest = try #require(DNSName(labels: [[UInt8]](repeating: [0x61], count: 127)))
    #expect(DNSName(labels: [[UInt8]](repeating: [0x61], count: 128)) == nil)
    #expect(longest.below(try #require(DNSName("b"))) == nil)
    #expect(longest.below(.root) == longest)
  }

  @Test("are written with escapes where they would be misread")
  func escapes() {
    #expect(
      DNSName(labels: [Array("a.b\\".utf8), [0, 0x20, 0xFF]])?.description == "a\\.b\\\\.\\000\\032\\255.")
    #expect(DNSName.root.description == ".")
  }

  @Test("tell the labels before a suffix")
  func suffix() throws {
    let name = try #require(DNSName("a.B.Consul"))
    #expect(name.labels(before: try #require(DNSName("consul")))?.count == 2)
    #expect(name.labels(before: name)?.isEmpty == true)
    #expect(name.labels(before: try #require(DNSName("x.consul"))) == nil)
    #expect(try #require(DNSName("notconsul")).labels(before: try #require(DNSName("consul"))) == nil)
  }
}
