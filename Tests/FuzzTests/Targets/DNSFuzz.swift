@testable import WeftDNS

/// What comes to the DNS port.
enum DNSFuzz {
  /// One service of each kind, so that a mutated name can hit something.
  private struct Catalogue: DNSCatalogue {
    let revision: UInt64 = 1
    private static let weft = DNSNode(name: "weft", address: "10.0.0.9", metadata: ["a": "b"])

    func instances(of name: String) -> [DNSInstance]? {
      let addresses = [
        "web": (0..<200).map { "10.0.0.\($0)" }, "six": ["2001:db8::1"], "far": ["db.example.com"],
        "near": ["web.service.consul"], "loop": ["loop.service.consul"],
      ]
      return addresses[name.lowercased()]?.map {
        DNSInstance(address: $0, port: 80, tags: ["v1"], node: Self.weft)
      }
    }

    func node(_ name: String) -> DNSNode? { name.lowercased() == "weft" ? Self.weft : nil }
    func nodes(at address: IPAddress) -> [String] { address == IPAddress("10.0.0.9") ? ["weft"] : [] }
  }

  private static let responder = DNSResponder(settings: DNSZoneSettings(), catalogue: Catalogue())

  static func messages(_ bytes: UnsafeRawBufferPointer) throws {
    let bytes = Array(bytes)
    if let message = try? DNSMessage(bytes) { try rewritten(message) }
    guard let responder else { throw FuzzFailure(description: "consul is no domain") }
    for transport in [DNSResponder.Transport.udp, .tcp] {
      guard let answer = responder.answer(bytes, over: transport)?.bytes else { continue }
      let limit = transport == .udp ? 1_232 : 65_535
      try FuzzFailure.unless(answer.count <= limit, "an answer of \(answer.count) bytes")
      let message: DNSMessage
      do { message = try DNSMessage(answer) } catch {
        throw FuzzFailure(description: "an answer that cannot be read: \(error)")
      }
      try FuzzFailure.unless(message.header.isResponse, "an answer that is none")
      try FuzzFailure.unless(Array(answer.prefix(2)) == Array(bytes.prefix(2)), "an answer with another id")
    }
    if let truncated = responder.truncated(bytes) {
      try FuzzFailure.unless(truncated.count <= bytes.count, "a refusal longer than its query")
    }
  }

  /// What was read survives its writing, unless that is too long without the compression it came with.
  private static func rewritten(_ message: DNSMessage) throws {
    var writer = DNSWriter(limit: 65_535)
    var header = DNSHeader(id: message.header.id, flags: message.header.flags)
    writer.write(header)
    for record in message.answers {
      guard writer.write(record) else { return }
      header.answers += 1
    }
    writer.replaceHeader(header)
    let again = try? DNSMessage(writer.bytes)
    try FuzzFailure.unless(again?.answers == message.answers, "records that do not survive their writing")
  }
}
