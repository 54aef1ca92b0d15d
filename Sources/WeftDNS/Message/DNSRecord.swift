/// A resource record (RFC 1035, section 4.1.3).
public struct DNSRecord: Sendable, Hashable {
  public var name: DNSName
  public var recordClass: DNSClass
  /// Seconds that it may be cached.
  public var ttl: UInt32
  public var data: DNSRecordData

  public init(name: DNSName, recordClass: DNSClass = .internet, ttl: UInt32, data: DNSRecordData) {
    self.name = name
    self.recordClass = recordClass
    self.ttl = ttl
    self.data = data
  }

  public var type: DNSType { data.type }
}

public enum DNSRecordData: Sendable, Hashable {
  case a(IPv4Address)
  case aaaa(IPv6Address)
  case ns(DNSName)
  case cname(DNSName)
  case ptr(DNSName)
  case soa(StartOfAuthority)
  case srv(ServiceLocation)
  /// Strings of at most 255 bytes.
  case txt([[UInt8]])
  case other(DNSType, [UInt8])

  public var type: DNSType {
    switch self {
    case .a: .a
    case .aaaa: .aaaa
    case .ns: .ns
    case .cname: .cname
    case .ptr: .ptr
    case .soa: .soa
    case .srv: .srv
    case .txt: .txt
    case .other(let type, _): type
    }
  }
}

/// Data of an SOA record (RFC 1035, section 3.3.13). Times are in seconds.
public struct StartOfAuthority: Sendable, Hashable {
  public var primary: DNSName
  public var mailbox: DNSName
  public var serial: UInt32
  public var refresh: UInt32
  public var retry: UInt32
  public var expire: UInt32
  /// How long "there is no such name" may be cached (RFC 2308, section 4).
  public var minimum: UInt32
}

/// Data of an SRV record (RFC 2782).
public struct ServiceLocation: Sendable, Hashable {
  public var priority: UInt16
  public var weight: UInt16
  public var port: UInt16
  public var target: DNSName
}
