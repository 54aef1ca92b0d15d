import Testing

@testable import WeftDNS

@Suite("Names of the zone")
struct DNSNameReaderTests {
  private func lookup(_ text: String) throws -> DNSLookup {
    let reader = DNSNameReader(domain: try #require(DNSName("consul")), datacenter: "dc1")
    return reader.lookup(try #require(DNSName(text)))
  }

  @Test("of services, with tag and datacentre or without")
  func services() throws {
    #expect(try lookup("web.service.consul") == .service(name: "web", tag: nil))
    #expect(try lookup("web.service.dc1.consul") == .service(name: "web", tag: nil))
    #expect(try lookup("Web.SERVICE.Dc1.Consul.") == .service(name: "Web", tag: nil))
    #expect(try lookup("v1.web.service.consul") == .service(name: "web", tag: "v1"))
    #expect(try lookup("v1.2.web.service.dc1.consul") == .service(name: "web", tag: "v1.2"))
    #expect(try lookup("service.service.consul") == .service(name: "service", tag: nil))
    #expect(try lookup("node.service.consul") == .service(name: "node", tag: nil))
  }

  @Test("after RFC 2782")
  func underscores() throws {
    #expect(try lookup("_web._tcp.service.consul") == .service(name: "web", tag: nil))
    #expect(try lookup("_web._TCP.service.dc1.consul") == .service(name: "web", tag: nil))
    #expect(try lookup("_web._v1.service.consul") == .service(name: "web", tag: "v1"))
  }

  @Test("of nodes and addresses")
  func nodes() throws {
    #expect(try lookup("weft.node.consul") == .node("weft"))
    #expect(try lookup("a.b.node.dc1.consul") == .node("a.b"))
    #expect(try lookup("0a000001.addr.dc1.consul") == .address(.v4(IPv4Address(0x0A00_0001))))
    #expect(try lookup("0a00.addr.consul") == .nothing)
    #expect(try lookup("x.0a000001.addr.consul") == .nothing)
  }

  @Test(
    "that only have names below them are there",
    arguments: ["service.consul", "service.dc1.consul", "node.consul", "dc1.consul", "_tcp.service.consul"])
  func branches(text: String) throws {
    #expect(try lookup(text) == .branch)
  }

  @Test(
    "of another datacentre, or of no kind, are not there",
    arguments: ["web.service.dc2.consul", "web.consul"])
  func nothing(text: String) throws {
    #expect(try lookup(text) == .nothing)
  }

  @Test("elsewhere are not ours", arguments: ["example.com", ".", "service.notconsul", "consul.example.com"])
  func foreign(text: String) throws {
    #expect(try lookup(text) == .foreign)
  }

  @Test("for addresses, in reverse")
  func reverse() throws {
    #expect(try lookup("1.0.0.10.in-addr.arpa") == .reverse(.v4(IPv4Address(0x0A00_0001))))
    let nibbles = "1.0.0.0" + String(repeating: ".0", count: 20) + ".8.b.d.0.1.0.0.2.ip6.arpa"
    #expect(try lookup(nibbles) == .reverse(.v6(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1))))
    #expect(try lookup("0.0.10.in-addr.arpa") == .nothing)
  }
}
