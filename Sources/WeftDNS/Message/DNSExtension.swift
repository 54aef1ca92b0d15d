/// What the sender of a message can do beyond RFC 1035: its OPT record (EDNS, RFC 6891, section 6.1).
public struct DNSExtension: Sendable, Hashable {
  /// Bytes of the largest datagram that the sender takes.
  public var payloadBytes: UInt16
  public var version: UInt8
  /// The eight high bits of the response code.
  public var extendedCode: UInt8
  /// DO: the sender understands DNSSEC (RFC 3225).
  public var wantsSignatures: Bool

  public init(
    payloadBytes: UInt16, version: UInt8 = 0, extendedCode: UInt8 = 0, wantsSignatures: Bool = false
  ) {
    self.payloadBytes = payloadBytes
    self.version = version
    self.extendedCode = extendedCode
    self.wantsSignatures = wantsSignatures
  }

  /// A whole OPT record without options.
  static let bytes = 11

  init(recordClass: UInt16, ttl: UInt32) {
    payloadBytes = recordClass
    extendedCode = UInt8(truncatingIfNeeded: ttl >> 24)
    version = UInt8(truncatingIfNeeded: ttl >> 16)
    wantsSignatures = ttl & 0x8000 != 0
  }

  var ttl: UInt32 {
    UInt32(extendedCode) << 24 | UInt32(version) << 16 | (wantsSignatures ? 0x8000 : 0)
  }
}
