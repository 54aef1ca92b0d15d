import Testing

@testable import WeftRPC

/// Targets and the addresses that stand in them.
@Suite struct TargetTests {
  @Test(arguments: [
    ("localhost:80", "dns", "localhost:80"), ("dns:///a.b:80", "dns", "a.b:80"), ("dns:a.b", "dns", "a.b"),
    ("unix:rel/path", "unix", "rel/path"), ("unix:///abs/path", "unix", "/abs/path"),
    ("unix:/abs/path", "unix", "/abs/path"), ("weft:///hello", "weft", "hello"),
    ("ipv6:[::1]:80", "ipv6", "[::1]:80"), ("custom:///x/y", "custom", "x/y"),
    ("[::1]:80", "dns", "[::1]:80"),
  ])
  func targetIsSchemeAndEndpoint(_ text: String, _ scheme: String, _ endpoint: String) {
    let target = ResolverTarget(text)
    #expect(target.scheme == scheme)
    #expect(target.endpoint == endpoint)
  }

  @Test(arguments: ["unix:///abs/path", "ipv4:1.2.3.4:80", "weft:///hello", "dns:///a:1", "static:a:1,b:2"])
  func descriptionNamesTheSameTarget(_ text: String) {
    #expect(ResolverTarget(ResolverTarget(text).description) == ResolverTarget(text))
  }

  @Test(arguments: [
    ("a:80", "a", 80), ("a", "a", nil), ("1.2.3.4:1", "1.2.3.4", 1), ("[::1]:65535", "::1", 65535),
    ("[::1]", "::1", nil), ("::1", "::1", nil), ("fe80::1%eth0", "fe80::1%eth0", nil),
  ])
  func hostAndPortAreToldApart(_ text: String, _ host: String, _ port: Int?) {
    let address = HostPort(text)
    #expect(address?.host == host)
    #expect(address?.port == port)
  }

  @Test(arguments: [
    "", ":80", "a:", "a:0", "a:65536", "a:-1", "a:b", "[]:80", "[::1", "[::1]80", "a b:80", "\n",
    "::1:50051", "a:b:c",
  ])
  func whatIsNoAddressIsRefused(_ text: String) {
    #expect(HostPort(text) == nil)
  }

  @Test(arguments: [
    "ipv4:[::1]:80", "ipv4:name:80", "ipv6:1.2.3.4:80", "ipv6:::1", "ipv4:1.2.3.4", "static:a", "static:",
    "static:a:1,", "unix:", "ipv4:1.2.3.4:80,5.6.7.8",
  ])
  func listOfOtherThingsThanAddressesIsRefused(_ text: String) {
    #expect(throws: HostPort.Problem.self) { try ListResolver.parse(ResolverTarget(text)) }
  }

  @Test func listHasItsOrder() throws {
    let parsed = try ListResolver.parse(ResolverTarget("static:b:2,[::1]:3,a:1"))
    #expect(parsed.map(\.text) == ["b:2", "[::1]:3", "a:1"])
  }

  @Test func familiesTakeTurns() {
    #expect(IPAddress.interleaved(["::1", "::2", "::3", "1.1.1.1"]) == ["::1", "1.1.1.1", "::2", "::3"])
    #expect(IPAddress.interleaved(["1.1.1.1", "2.2.2.2", "::1"]) == ["1.1.1.1", "::1", "2.2.2.2"])
    #expect(IPAddress.interleaved(["::1"]) == ["::1"])
    #expect(IPAddress.interleaved([]) == [])
  }

  @Test func authorityIsTheNameAndNotTheAddress() {
    var endpoint = Endpoint(host: "10.0.0.1", port: 443)
    #expect(endpoint.callAuthority == "10.0.0.1:443")
    #expect(endpoint.serverName == "10.0.0.1")
    endpoint.authority = "api.example:443"
    #expect(endpoint.callAuthority == "api.example:443")
    #expect(endpoint.serverName == "api.example")
    #expect(Endpoint(host: "unix:/s", port: 0).callAuthority == "localhost")
  }
}
