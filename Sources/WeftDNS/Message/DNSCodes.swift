/// Type of a resource record or a question (RFC 1035, section 3.2.2).
public struct DNSType: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let a = DNSType(rawValue: 1)
  public static let ns = DNSType(rawValue: 2)
  public static let cname = DNSType(rawValue: 5)
  public static let soa = DNSType(rawValue: 6)
  public static let ptr = DNSType(rawValue: 12)
  public static let txt = DNSType(rawValue: 16)
  /// RFC 3596
  public static let aaaa = DNSType(rawValue: 28)
  /// RFC 2782
  public static let srv = DNSType(rawValue: 33)
  /// RFC 6891
  public static let opt = DNSType(rawValue: 41)
  /// Incremental and whole zone transfer (RFC 1995, RFC 5936).
  public static let ixfr = DNSType(rawValue: 251)
  public static let axfr = DNSType(rawValue: 252)
  public static let any = DNSType(rawValue: 255)
}

/// Class of a record or a question (RFC 1035, section 3.2.4).
public struct DNSClass: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let internet = DNSClass(rawValue: 1)
  public static let any = DNSClass(rawValue: 255)
}

/// How an answer went (RFC 1035, section 4.1.1). Those above 15 need EDNS (RFC 6891, section 6.1.3).
public struct DNSResponseCode: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let noError = DNSResponseCode(rawValue: 0)
  public static let formatError = DNSResponseCode(rawValue: 1)
  public static let serverFailure = DNSResponseCode(rawValue: 2)
  /// NXDOMAIN: no such name, whatever the type.
  public static let nameError = DNSResponseCode(rawValue: 3)
  public static let notImplemented = DNSResponseCode(rawValue: 4)
  public static let refused = DNSResponseCode(rawValue: 5)
  /// RFC 6891, section 9: an EDNS version that is not known here.
  public static let badVersion = DNSResponseCode(rawValue: 16)
}
