/// What a server must know of a message from a client.
struct DNSQuery: Sendable {
  var header: DNSHeader
  /// Nil when the message is no query with exactly one question, well formed.
  var question: DNSQuestion?
  var edns: DNSExtension?
  var problem: DNSFormatError?

  /// Reads what a client sent; nil when it deserves no answer: too short to have an id, or itself an answer (two
  /// servers could answer each other's errors for ever).
  init?(_ bytes: [UInt8]) {
    var reader = DNSReader(bytes)
    guard let header = try? reader.header(), !header.isResponse else { return nil }
    self.header = header
    guard header.opcode == 0, header.questions == 1 else { return }
    do throws(DNSFormatError) {
      question = try reader.question()
      edns = try Self.edns(&reader, header)
    } catch {
      problem = error
    }
  }

  /// Looks for the OPT record. What else clients add (signatures of the transaction, say) is skipped; records that
  /// no query has reason to carry cost at most the message's own length.
  private static func edns(_ reader: inout DNSReader, _ header: DNSHeader) throws(DNSFormatError)
    -> DNSExtension?
  {
    for _ in 0..<(Int(header.answers) + Int(header.authorities)) { _ = try reader.record() }
    var found: DNSExtension?
    for _ in 0..<header.additionals {
      if case .edns(let edns) = try reader.additional(hasExtension: found != nil) { found = edns }
    }
    return found
  }
}
