import Testing

@testable import WeftDNS

@Suite("DNS messages")
struct DNSMessageTests {
  private let name = DNSName("web.service.consul") ?? .root
  private let target = DNSName("0a000001.addr.dc1.consul") ?? .root

  private func written(_ records: [DNSRecord], limit: Int = 65_535) throws -> (DNSMessage, [UInt8]) {
    var writer = DNSWriter(limit: limit)
    var header = DNSHeader(id: 1, flags: 0x8400)
    writer.write(header)
    for record in records where writer.write(record) { header.answers += 1 }
    writer.replaceHeader(header)
    return (try DNSMessage(writer.bytes), writer.bytes)
  }

  @Test("hold every kind of record")
  func roundTrip() throws {
    let soa = StartOfAuthority(
      primary: target, mailbox: name, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: .max)
    let data: [DNSRecordData] = [
      .a(IPv4Address(0x0A00_0001)), .aaaa(IPv6Address(high: 1 << 60, low: 2)), .ns(target), .cname(target),
      .ptr(.root), .soa(soa),
      .srv(ServiceLocation(priority: 1, weight: 2, port: 3, target: target)),
      .txt([Array("a=b".utf8), []]), .other(DNSType(rawValue: 99), [1, 2, 3]),
    ]
    let records = data.map { DNSRecord(name: name, ttl: 5, data: $0) }
    let (message, _) = try written(records)
    #expect(message.answers == records)
  }

  @Test("write a name that stands already as a pointer, in whichever case")
  func compression() throws {
    let upper = try #require(DNSName("x.WEB.service.consul"))
    let records = [name, name, upper].map { DNSRecord(name: $0, ttl: 0, data: .a(IPv4Address(1))) }
    let (message, bytes) = try written(records)
    // 20 for the name, then two and four bytes; 14 for the rest of each record.
    #expect(bytes.count == 12 + 20 + 2 + 4 + 3 * 14)
    #expect(message.answers.map(\.name) == [name, name, upper])
  }

  @Test("write the targets of SRV records whole, as RFC 2782 says")
  func targets() throws {
    let record = DNSRecord(
      name: name, ttl: 0, data: .srv(ServiceLocation(priority: 0, weight: 0, port: 0, target: name)))
    let (message, bytes) = try written([record])
    #expect(bytes.count == 12 + 20 + 10 + 6 + 20)
    #expect(message.answers == [record])
  }

  @Test("never grow over their limit", arguments: 12...120)
  func limit(bytes: Int) throws {
    let records = (0..<8).map { DNSRecord(name: name, ttl: 0, data: .a(IPv4Address($0))) }
    let (message, written) = try written(records, limit: bytes)
    #expect(written.count <= bytes)
    #expect(message.answers == Array(records.prefix(message.answers.count)))
  }

  @Test("with more than their records are refused")
  func trailing() throws {
    let (_, bytes) = try written([])
    #expect(throws: DNSFormatError(reason: .trailingBytes, offset: 12)) { try DNSMessage(bytes + [0]) }
  }

  @Test("with data that is not of its type's form are refused")
  func badData() throws {
    let record = DNSRecord(name: .root, ttl: 0, data: .a(IPv4Address(1)))
    let (_, bytes) = try written([record])
    for (offset, value) in [(14, UInt8(28)), (14, 2), (22, 5), (14, 33)] {
      var damaged = bytes
      damaged[offset] = value
      #expect(throws: DNSFormatError.self) { try DNSMessage(damaged) }
    }
  }

  @Test("compress names of as many labels as there can be")
  func manyLabels() throws {
    let long = try #require(DNSName(labels: Array(repeating: Array("a".utf8), count: 127)))
    let tail = try #require(DNSName(labels: Array(repeating: Array("A".utf8), count: 100)))
    let records = [long, tail, long].map { DNSRecord(name: $0, ttl: 0, data: .a(IPv4Address(1))) }
    let (message, bytes) = try written(records)
    #expect(message.answers.map(\.name) == [long, tail, long])
    // The name once, and a pointer for each that follows.
    #expect(bytes.count == 12 + 255 + 2 + 2 + 3 * 14)
  }

  @Test("survive whatever bytes come: read or refused")
  func hostileBytes() throws {
    var random = SystemRandomNumberGenerator()
    let (_, valid) = try written([DNSRecord(name: name, ttl: 0, data: .cname(target))])
    for _ in 0..<20_000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      _ = try? DNSMessage(bytes)
      _ = DNSQuery(bytes)
    }
  }
}
