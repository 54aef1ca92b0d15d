import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A registration")
struct ValidationTests {
  /// The field that `change` makes wrong, as the error names it; nil when it is accepted.
  private func refusedField(_ change: (inout ServiceInstance) -> Void) -> String? {
    var instance = ServiceInstance.full
    change(&instance)
    do {
      _ = try instance.validated()
      return nil
    } catch {
      guard case .invalidArgument(let field, _) = error else { return "another error: \(error)" }
      return field
    }
  }

  @Test("is taken as it is when all is well")
  func valid() throws {
    #expect(try ServiceInstance.full.validated() == .full)
  }

  @Test("gets a weight of 1 and a lease of 10 s when it asks for none")
  func defaults() throws {
    var instance = ServiceInstance.full
    instance.weight = 0
    instance.lease = .zero
    let result = try instance.validated()
    #expect(result.weight == 1)
    #expect(result.lease == .seconds(10))
  }

  @Test(
    "is refused for a bad service name",
    arguments: [
      "", "hello world", "a/b", "/", "x\n", "\u{a0}", String(repeating: "a", count: 256),
    ])
  func service(name: String) {
    #expect(refusedField { $0.service = name } == "instance.service")
  }

  @Test(
    "is taken under any name that Consul takes",
    arguments: ["Hello", "hello.world", "my_service", "-hello-", "grüße", String(repeating: "a", count: 255)])
  func wideName(name: String) {
    #expect(refusedField { $0.service = name } == nil)
    #expect(refusedField { $0.id = name + " 1" } == (name.count == 255 ? "instance.id" : nil))
  }

  @Test("is refused for a bad id", arguments: ["", "a\tb", "\u{0}", String(repeating: "a", count: 256)])
  func id(id: String) {
    #expect(refusedField { $0.id = id } == "instance.id")
  }

  @Test(
    "is taken with any kind of address",
    arguments: ["10.0.0.1", "::1", "fe80::1:2", "localhost", "node-7.example.com", "3com.example"])
  func address(address: String) {
    #expect(refusedField { $0.address = address } == nil)
  }

  @Test(
    "is refused for an address that others cannot use",
    arguments: [
      "", "0.0.0.0", "::", "1.2.3", "1.2.3.4:80", "[::1]", "a..b", "-a", "a_b", "http://x", "x y",
      String(repeating: "a", count: 64),
    ])
  func badAddress(address: String) {
    #expect(refusedField { $0.address = address } == "instance.address")
  }

  @Test("is refused for numbers out of range")
  func numbers() {
    #expect(refusedField { $0.port = 0 } == "instance.port")
    #expect(refusedField { $0.port = 65_536 } == "instance.port")
    #expect(refusedField { $0.weight = 65_536 } == "instance.weight")
    #expect(refusedField { $0.lease = .milliseconds(999) } == "instance.lease_milliseconds")
    #expect(refusedField { $0.lease = .milliseconds(86_400_001) } == "instance.lease_milliseconds")
  }

  @Test("is refused for bad lists, and the error says which entry")
  func lists() {
    #expect(refusedField { $0.protoServices = ["a.B", "1a"] } == "instance.proto_services[1]")
    #expect(refusedField { $0.protoServices = ["a..B"] } == "instance.proto_services[0]")
    #expect(refusedField { $0.protoServices = ["a.B", "a.B"] } == "instance.proto_services[1]")
    #expect(refusedField { $0.tags = ["", "two\nlines\tand a tab"] } == nil)
    #expect(refusedField { $0.metadata = ["certificate": "two\nlines"] } == nil)
    #expect(refusedField { $0.tags = ["x", "y\u{7}"] } == "instance.tags[1]")
    #expect(refusedField { $0.tags = (0..<257).map(String.init) } == "instance.tags")
    #expect(refusedField { $0.metadata["a b"] = "" } == "instance.metadata")
    #expect(
      refusedField { $0.metadata["k"] = String(repeating: "v", count: 1_025) } == "instance.metadata[\"k\"]")
  }

  @Test("is refused for a hash that is none")
  func hash() {
    #expect(refusedField { $0.descriptorSetHash = "abc" } == "instance.descriptor_set_hash")
    #expect(
      refusedField { $0.descriptorSetHash = String(repeating: "A", count: 64) }
        == "instance.descriptor_set_hash")
  }

  @Test("is refused when it is too large as a whole")
  func size() {
    let field = refusedField { instance in
      for i in 0..<60 { instance.metadata["k\(i)"] = String(repeating: "v", count: 1_000) }
    }
    #expect(field == "instance")
  }

  @Test("knows Unicode's control characters and blanks as Unicode does")
  func characters() {
    for value in 0...UInt32(0x10FFFF) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isRight =
        scalar.isControl == (scalar.properties.generalCategory == .control)
        && scalar.isBlank == scalar.properties.isWhitespace
      if !isRight { Issue.record("U+\(String(value, radix: 16))") }
    }
  }
}
