/// What is asked (RFC 1035, section 4.1.2).
public struct DNSQuestion: Sendable, Hashable {
  public var name: DNSName
  public var type: DNSType
  public var recordClass: DNSClass

  public init(name: DNSName, type: DNSType, recordClass: DNSClass = .internet) {
    self.name = name
    self.type = type
    self.recordClass = recordClass
  }
}
