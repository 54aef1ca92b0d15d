import Synchronization
import Testing

@testable import WeftDNS

/// A catalogue that a test fills.
final class SampleCatalogue: DNSCatalogue {
  private let services: [String: [DNSInstance]]
  private let nodes: [DNSNode]
  let revision: UInt64 = 7

  init(services: [String: [DNSInstance]] = [:], nodes: [DNSNode] = []) {
    self.services = services
    self.nodes = nodes
  }

  func instances(of name: String) -> [DNSInstance]? { services[name.lowercased()] }
  func node(_ name: String) -> DNSNode? { nodes.first { $0.name.lowercased() == name.lowercased() } }
  func nodes(at address: IPAddress) -> [String] {
    nodes.filter { IPAddress($0.address) == address }.map(\.name)
  }
}

extension DNSNode {
  static let sample = DNSNode(name: "weft", address: "10.0.0.9", metadata: ["rack": "7", "a=b": "c"])
}

extension DNSInstance {
  static func sample(_ address: String, port: Int = 80, weight: Int = 1, tags: [String] = []) -> DNSInstance {
    DNSInstance(address: address, port: port, weight: weight, tags: tags, node: .sample)
  }

  static func many(_ count: Int) -> [DNSInstance] {
    (0..<count).map { .sample("10.1.\($0 / 256).\($0 % 256)", port: 1_000 + $0) }
  }
}

/// A client's side of ``DNSResponder``.
struct Asker {
  let responder: DNSResponder

  init(
    services: [String: [DNSInstance]] = [:], nodes: [DNSNode] = [.sample],
    settings: DNSZoneSettings = DNSZoneSettings()
  ) throws {
    responder = try #require(
      DNSResponder(settings: settings, catalogue: SampleCatalogue(services: services, nodes: nodes)))
  }

  /// The bytes of a query.
  static func query(_ name: String, _ type: DNSType, edns: DNSExtension? = nil, id: UInt16 = 0x1234)
    -> [UInt8]
  {
    var writer = DNSWriter(limit: 65_535)
    var header = DNSHeader(id: id, flags: 0x0100)
    header.questions = 1
    header.additionals = edns == nil ? 0 : 1
    writer.write(header)
    writer.write(DNSQuestion(name: DNSName(name) ?? .root, type: type))
    if let edns { writer.write(edns) }
    return writer.bytes
  }

  func ask(
    _ name: String, _ type: DNSType, edns: DNSExtension? = nil, over transport: DNSResponder.Transport = .udp
  ) throws -> DNSMessage {
    let bytes = try #require(responder.answer(Self.query(name, type, edns: edns), over: transport)).bytes
    return try DNSMessage(bytes)
  }

  func send(_ bytes: [UInt8]) throws -> DNSMessage {
    try DNSMessage(try #require(responder.answer(bytes, over: .udp)).bytes)
  }
}

extension DNSMessage {
  var addresses: Set<String> {
    Set(answers.compactMap { if case .a(let address) = $0.data { address.text } else { nil } })
  }

  var locations: [ServiceLocation] {
    answers.compactMap { if case .srv(let location) = $0.data { location } else { nil } }
  }

  var hasSOA: Bool { authorities.map(\.type) == [.soa] }
}

extension IPv4Address {
  var text: String {
    (0..<4).map { String(value >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
  }
}
