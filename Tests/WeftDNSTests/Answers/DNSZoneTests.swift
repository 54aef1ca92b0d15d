import Testing

@testable import WeftDNS

@Suite("Answers about services and nodes")
struct DNSZoneTests {
  @Test("A records name every address once")
  func addresses() throws {
    let asker = try Asker(services: [
      "web": [
        .sample("10.0.0.1"), .sample("10.0.0.2"), .sample("10.0.0.2", port: 81), .sample("2001:db8::1"),
      ]
    ])
    let message = try asker.ask("WEB.service.consul", .a)
    #expect(message.header.isAuthoritative)
    #expect(message.addresses == ["10.0.0.1", "10.0.0.2"])
    #expect(message.answers.count == 2)
    // As asked, so that resolvers that mix case against forgery know their question again.
    #expect(message.answers.allSatisfy { $0.name.description == "WEB.service.consul." && $0.ttl == 0 })
    #expect(try asker.ask("web.service.dc1.consul", .aaaa).answers.count == 1)
  }

  @Test("an address that is the node's is answered for an instance without its own")
  func nodeAddress() throws {
    let asker = try Asker(services: ["web": [.sample("")]])
    #expect(try asker.ask("web.service.consul", .a).addresses == ["10.0.0.9"])
    let message = try asker.ask("web.service.consul", .srv)
    #expect(message.locations.map(\.target.description) == ["weft.node.dc1.consul."])
    #expect(message.additionals.map(\.data) == [.a(IPv4Address(0x0A00_0009))])
  }

  @Test("SRV records carry port and weight, and the addresses of their targets come along")
  func locations() throws {
    let asker = try Asker(services: [
      "web": [.sample("10.0.0.1", port: 8_080, weight: 7), .sample("::1", port: 1)]
    ])
    let message = try asker.ask("_web._tcp.service.consul", .srv)
    let found = message.locations.sorted { $0.port > $1.port }
    #expect(found.map(\.port) == [8_080, 1])
    #expect(found.map(\.weight) == [7, 1])
    #expect(found.first?.target.description == "0a000001.addr.dc1.consul.")
    #expect(Set(message.additionals.map(\.name)) == Set(found.map(\.target)))
    let target = try #require(found.first?.target.description)
    #expect(try asker.ask(target, .a).addresses == ["10.0.0.1"])
  }

  @Test("tags choose instances, in letters of either case")
  func tags() throws {
    let asker = try Asker(services: [
      "web": [.sample("10.0.0.1", tags: ["v1"]), .sample("10.0.0.2", tags: ["V2", "a.b"])]
    ])
    #expect(try asker.ask("v2.web.service.consul", .a).addresses == ["10.0.0.2"])
    #expect(try asker.ask("_web._v1.service.consul", .srv).locations.count == 1)
    #expect(try asker.ask("a.b.web.service.consul", .a).addresses == ["10.0.0.2"])
    #expect(try asker.ask("v3.web.service.consul", .a).responseCode == .nameError)
  }

  @Test("a name that is not there, or has nobody, is NXDOMAIN with the zone's SOA")
  func absent() throws {
    let asker = try Asker(services: ["empty": []])
    for name in ["none.service.consul", "empty.service.consul", "none.node.consul", "x.consul"] {
      let message = try asker.ask(name, .a)
      #expect(message.responseCode == .nameError, "\(name)")
      #expect(message.hasSOA && message.answers.isEmpty)
    }
  }

  @Test("a name without records of that type is NOERROR with the zone's SOA")
  func noData() throws {
    let asker = try Asker(services: ["web": [.sample("10.0.0.1")]])
    for (name, type) in [
      ("web.service.consul", DNSType.aaaa), ("web.service.consul", .txt), ("weft.node.consul", .aaaa),
      ("service.consul", .a), ("consul", .a), ("0a000001.addr.consul", .aaaa), ("weft.node.consul", .srv),
    ] {
      let message = try asker.ask(name, type)
      #expect(message.responseCode == .noError, "\(name)")
      #expect(message.hasSOA && message.answers.isEmpty, "\(name)")
    }
  }

  @Test("names elsewhere, other classes and zone transfers are refused")
  func refused() throws {
    let asker = try Asker()
    #expect(try asker.ask("example.com", .a).responseCode == .refused)
    #expect(try asker.ask("consul", .axfr).responseCode == .refused)
    var chaos = Asker.query("web.service.consul", .a)
    chaos[chaos.count - 1] = 3
    #expect(try asker.send(chaos).responseCode == .refused)
    #expect(try !asker.ask("example.com", .a).header.isAuthoritative)
  }

  @Test("an address that is a name becomes an alias; one that is known here is followed")
  func aliases() throws {
    let asker = try Asker(services: [
      "db": [.sample("db.example.com")], "here": [.sample("weft.node.consul")],
    ])
    let far = try asker.ask("db.service.consul", .a)
    #expect(far.answers.map(\.data) == [.cname(DNSName("db.example.com") ?? .root)])
    #expect(far.responseCode == .noError)
    #expect(
      try asker.ask("db.service.consul", .srv).locations.map(\.target.description) == ["db.example.com."])
    let near = try asker.ask("here.service.consul", .a)
    #expect(near.answers.map(\.type) == [.cname, .a])
    #expect(near.addresses == ["10.0.0.9"])
  }

  @Test("an alias stands alone: an instance with an address goes before it")
  func aliasBesideAddress() throws {
    let asker = try Asker(services: ["db": [.sample("db.example.com"), .sample("10.0.0.1")]])
    #expect(try asker.ask("db.service.consul", .a).answers.map(\.type) == [.a])
    #expect(try asker.ask("db.service.consul", .aaaa).answers.isEmpty)
  }

  @Test("aliases in a circle end")
  func aliasLoop() throws {
    let asker = try Asker(services: ["a": [.sample("b.service.consul")], "b": [.sample("a.service.consul")]])
    #expect(try asker.ask("a.service.consul", .a).answers.count == 9)
  }

  @Test("ANY is answered with one set of records")
  func any() throws {
    let asker = try Asker(services: ["web": [.sample("10.0.0.1"), .sample("::1")]])
    #expect(Set(try asker.ask("web.service.consul", .any).answers.map(\.type)).count == 1)
  }

  @Test("a node's metadata are TXT records")
  func metadata() throws {
    let texts = try Asker().ask("weft.node.consul", .txt).answers.map(\.data)
    #expect(texts == [.txt([Array("a`=b=c".utf8)]), .txt([Array("rack=7".utf8)])])
  }

  @Test("an address is the name of its node, in reverse")
  func reverse() throws {
    let asker = try Asker()
    let message = try asker.ask("9.0.0.10.in-addr.arpa", .ptr)
    #expect(message.answers.map(\.data) == [.ptr(DNSName("weft.node.dc1.consul") ?? .root)])
    #expect(try asker.ask("8.0.0.10.in-addr.arpa", .ptr).responseCode == .nameError)
  }

  @Test("the zone has an SOA with the registry's revision, and a name server with its address")
  func apex() throws {
    var settings = DNSZoneSettings()
    settings.addresses = [.v4(IPv4Address(0x0A00_0005))]
    let asker = try Asker(settings: settings)
    guard case .soa(let soa)? = try asker.ask("consul", .soa).answers.first?.data else {
      Issue.record("no SOA")
      return
    }
    #expect(soa.serial == 7)
    let servers = try asker.ask("consul", .ns)
    #expect(servers.answers.map(\.data) == [.ns(DNSName("ns.consul") ?? .root)])
    #expect(servers.additionals.map(\.data) == [.a(IPv4Address(0x0A00_0005))])
    #expect(try asker.ask("ns.consul", .a).addresses == ["10.0.0.5"])
  }

  @Test("times to live are as set: for one service, for those that begin so, for all")
  func timesToLive() throws {
    var settings = DNSZoneSettings()
    settings.serviceTTL = 1
    settings.serviceTTLs = ["web": 2, "we*": 3, "*": 4]
    settings.nodeTTL = 5
    let instance = [DNSInstance.sample("10.0.0.1")]
    let asker = try Asker(services: ["web": instance, "wet": instance, "db": instance], settings: settings)
    let ttls = try ["Web.service", "wet.service", "db.service", "weft.node"].map {
      try asker.ask($0 + ".consul", .a).answers.first?.ttl
    }
    #expect(ttls == [2, 3, 4, 5])
  }

  @Test("instances come in a random order")
  func order() throws {
    let asker = try Asker(services: ["web": DNSInstance.many(8)])
    let orders = try (0..<16).map { _ in try asker.ask("web.service.consul", .a).answers.map(\.data) }
    #expect(Set(orders).count > 1)
  }

  @Test("a domain that is no name of DNS is refused", arguments: ["", "a..b", "."])
  func badDomain(domain: String) {
    var settings = DNSZoneSettings()
    settings.domain = domain
    #expect(DNSResponder(settings: settings, catalogue: SampleCatalogue()) == nil)
  }
}
