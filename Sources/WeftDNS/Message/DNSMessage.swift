/// A whole message, as a client of DNS sees it.
///
/// The server itself reads only questions (``DNSQuery``) and writes answers (``DNSWriter``).
public struct DNSMessage: Sendable, Hashable {
  public var header: DNSHeader
  public var questions: [DNSQuestion] = []
  public var answers: [DNSRecord] = []
  public var authorities: [DNSRecord] = []
  /// Without the OPT record.
  public var additionals: [DNSRecord] = []
  public var edns: DNSExtension?

  /// With the bits that only EDNS can carry.
  public var responseCode: DNSResponseCode {
    DNSResponseCode(rawValue: UInt16(edns?.extendedCode ?? 0) << 4 | UInt16(header.responseCode))
  }

  /// Reads a message. Every byte must belong to it.
  public init(_ bytes: [UInt8]) throws(DNSFormatError) {
    var reader = DNSReader(bytes)
    header = try reader.header()
    for _ in 0..<header.questions { questions.append(try reader.question()) }
    for _ in 0..<header.answers { answers.append(try reader.record()) }
    for _ in 0..<header.authorities { authorities.append(try reader.record()) }
    for _ in 0..<header.additionals {
      switch try reader.additional(hasExtension: edns != nil) {
      case .record(let record): additionals.append(record)
      case .edns(let found): edns = found
      }
    }
    guard reader.isAtEnd else { throw reader.error(.trailingBytes) }
  }
}

extension DNSReader {
  mutating func header() throws(DNSFormatError) -> DNSHeader {
    var header = DNSHeader(id: try uint16(), flags: try uint16())
    header.questions = try uint16()
    header.answers = try uint16()
    header.authorities = try uint16()
    header.additionals = try uint16()
    return header
  }

  mutating func question() throws(DNSFormatError) -> DNSQuestion {
    DNSQuestion(
      name: try name(), type: DNSType(rawValue: try uint16()), recordClass: DNSClass(rawValue: try uint16()))
  }

  enum Additional {
    case record(DNSRecord)
    case edns(DNSExtension)
  }

  /// A record of the additional section, where the OPT record may be: one, and of the root.
  mutating func additional(hasExtension: Bool) throws(DNSFormatError) -> Additional {
    let start = offset
    let record = try record()
    guard record.type == .opt else { return .record(record) }
    guard record.name == .root, !hasExtension else { throw error(.badExtension, at: start) }
    return .edns(DNSExtension(recordClass: record.recordClass.rawValue, ttl: record.ttl))
  }

  mutating func record() throws(DNSFormatError) -> DNSRecord {
    let name = try name()
    let type = DNSType(rawValue: try uint16())
    let recordClass = DNSClass(rawValue: try uint16())
    let ttl = try uint32()
    let length = Int(try uint16())
    let start = offset
    guard length <= bytes.count - start else { throw error(.endsEarly) }
    let data = try data(of: type, length: length)
    guard offset == start + length else { throw error(.badData, at: start) }
    return DNSRecord(name: name, recordClass: recordClass, ttl: ttl, data: data)
  }

  private mutating func data(of type: DNSType, length: Int) throws(DNSFormatError) -> DNSRecordData {
    switch type {
    case .a where length == 4: return .a(IPv4Address(try uint32()))
    case .aaaa where length == 16: return .aaaa(try ipv6())
    case .a, .aaaa: throw error(.badData)
    case .ns: return .ns(try name())
    case .cname: return .cname(try name())
    case .ptr: return .ptr(try name())
    case .soa:
      return .soa(
        StartOfAuthority(
          primary: try name(), mailbox: try name(), serial: try uint32(), refresh: try uint32(),
          retry: try uint32(), expire: try uint32(), minimum: try uint32()))
    case .srv:
      return .srv(
        ServiceLocation(
          priority: try uint16(), weight: try uint16(), port: try uint16(), target: try name()))
    case .txt: return .txt(try strings(length))
    default: return .other(type, Array(try take(length)))
    }
  }

  private mutating func ipv6() throws(DNSFormatError) -> IPv6Address {
    var address = IPv6Address(high: 0, low: 0)
    address.high = UInt64(try uint32()) << 32 | UInt64(try uint32())
    address.low = UInt64(try uint32()) << 32 | UInt64(try uint32())
    return address
  }

  private mutating func strings(_ length: Int) throws(DNSFormatError) -> [[UInt8]] {
    let end = offset + length
    var strings: [[UInt8]] = []
    while offset < end {
      let count = Int(try uint8())
      guard count <= end - offset else { throw error(.badData) }
      strings.append(Array(try take(count)))
    }
    return strings
  }
}
