import Testing

@testable import WeftDNS

@Suite("IP addresses")
struct IPAddressTests {
  @Test("are read from their text")
  func text() {
    #expect(IPAddress("10.0.0.1") == .v4(IPv4Address(0x0A00_0001)))
    #expect(IPAddress("2001:db8::1") == .v6(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1)))
    for text in ["", "10.0.0", "10.0.0.256", "a", "1.2.3.4 ", "::g", "fe80::1%eth0", "010.0.0.1.2"] {
      #expect(IPAddress(text) == nil, "\(text)")
    }
  }

  @Test(
    "survive their hexadecimal form",
    arguments: ["10.0.0.1", "255.255.255.255", "0.0.0.0", "2001:db8::ff00:42"])
  func hexadecimal(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(IPAddress(hexadecimal: address.hexadecimal) == address)
  }

  @Test("are not read from other digits", arguments: ["0a00000", "0a0000011", "0a00000g", ""])
  func notHexadecimal(text: String) {
    #expect(IPAddress(hexadecimal: Array(text.utf8)) == nil)
  }
}
