/// The twelve bytes that every message begins with (RFC 1035, section 4.1.1).
public struct DNSHeader: Sendable, Hashable {
  static let bytes = 12

  public var id: UInt16
  /// QR, Opcode, AA, TC, RD, RA, Z, AD, CD and RCODE.
  public var flags: UInt16
  public var questions: UInt16 = 0
  public var answers: UInt16 = 0
  public var authorities: UInt16 = 0
  public var additionals: UInt16 = 0

  public init(id: UInt16, flags: UInt16) {
    self.id = id
    self.flags = flags
  }

  public var isResponse: Bool { flags & 0x8000 != 0 }
  /// 0 is a query.
  public var opcode: UInt8 { UInt8(truncatingIfNeeded: flags >> 11) & 0xF }
  public var isAuthoritative: Bool { flags & 0x0400 != 0 }
  public var isTruncated: Bool { flags & 0x0200 != 0 }
  public var wantsRecursion: Bool { flags & 0x0100 != 0 }
  /// The four low bits of the response code.
  public var responseCode: UInt8 { UInt8(truncatingIfNeeded: flags) & 0xF }

  /// The header of an answer: the same id and opcode, RD as asked.
  func response(_ code: DNSResponseCode, isAuthoritative: Bool) -> DNSHeader {
    let kept = flags & 0x7900
    let authority: UInt16 = isAuthoritative ? 0x0400 : 0
    return DNSHeader(id: id, flags: 0x8000 | kept | authority | (code.rawValue & 0xF))
  }

  mutating func markTruncated() {
    flags |= 0x0200
  }
}
