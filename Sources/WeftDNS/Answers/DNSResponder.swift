/// From the bytes of a query to the bytes of its answer. Knows no sockets.
public struct DNSResponder: Sendable {
  public enum Transport: Sendable { case udp, tcp }

  let zone: DNSZone
  let payloadBytes: Int

  /// Nil when the domain or the datacentre is no name of DNS.
  public init?(settings: DNSZoneSettings, catalogue: any DNSCatalogue) {
    guard let zone = DNSZone(settings: settings, catalogue: catalogue) else { return nil }
    self.zone = zone
    payloadBytes = min(max(settings.payloadBytes, Self.minPayload), 4_096)
  }

  /// What every client takes (RFC 1035, section 4.2.1).
  static let minPayload = 512
  static let maxMessage = 65_535

  /// The answer to a message, and how it went; nil when the message deserves none.
  public func answer(_ bytes: [UInt8], over transport: Transport) -> (bytes: [UInt8], code: DNSResponseCode)?
  {
    guard let query = DNSQuery(bytes) else { return nil }
    let answer = answer(query)
    return (write(answer, to: query, over: transport), answer.code)
  }

  /// An answer without content that sends the client to TCP; nil when the message deserves none. It is no longer
  /// than its query, and so no help to whoever forges source addresses.
  public func truncated(_ bytes: [UInt8]) -> [UInt8]? {
    guard let query = DNSQuery(bytes) else { return nil }
    var header = query.header.response(.noError, isAuthoritative: false)
    header.markTruncated()
    var writer = DNSWriter(limit: bytes.count)
    writer.write(header)
    if let question = query.question {
      header.questions = 1
      writer.write(question)
      writer.replaceHeader(header)
    }
    return writer.bytes
  }

  private func answer(_ query: DNSQuery) -> DNSAnswer {
    if query.header.opcode != 0 { return .failure(.notImplemented) }
    guard query.problem == nil, let question = query.question else { return .failure(.formatError) }
    if let edns = query.edns, edns.version > 0 { return .failure(.badVersion) }
    return zone.answer(question)
  }

  private func limit(_ query: DNSQuery, _ transport: Transport) -> Int {
    switch transport {
    case .tcp: Self.maxMessage
    // RFC 6891, section 6.2.3: less than 512 means 512.
    case .udp: min(max(Int(query.edns?.payloadBytes ?? 0), Self.minPayload), payloadBytes)
    }
  }

  private func write(_ answer: DNSAnswer, to query: DNSQuery, over transport: Transport) -> [UInt8] {
    // Room for our OPT record is set aside, so that it comes last and always fits.
    let reserved = query.edns == nil ? 0 : DNSExtension.bytes
    var writer = DNSWriter(limit: limit(query, transport) - reserved)
    var header = query.header.response(answer.code, isAuthoritative: answer.isAuthoritative)
    writer.write(header)
    if let question = query.question {
      header.questions = 1
      writer.write(question)
    }
    header.answers = Self.write(answer.answers, &writer)
    header.authorities = Self.write(answer.authorities, &writer)
    let isWhole =
      Int(header.answers) == answer.answers.count && Int(header.authorities) == answer.authorities.count
    if isWhole {
      // Additional records that do not fit are left out without a word (RFC 2181, section 9).
      header.additionals = Self.write(answer.additionals, &writer)
    } else {
      header.markTruncated()
    }
    if let edns = query.edns {
      header.additionals += 1
      writer.write(
        DNSExtension(
          payloadBytes: UInt16(clamping: payloadBytes),
          extendedCode: UInt8(truncatingIfNeeded: answer.code.rawValue >> 4),
          wantsSignatures: edns.wantsSignatures))
    }
    writer.replaceHeader(header)
    return writer.bytes
  }

  /// - Returns: how many fitted; none is left out between others.
  private static func write(_ records: [DNSRecord], _ writer: inout DNSWriter) -> UInt16 {
    var count: UInt16 = 0
    for record in records {
      guard count < UInt16.max - 1, writer.write(record) else { break }
      count += 1
    }
    return count
  }
}
