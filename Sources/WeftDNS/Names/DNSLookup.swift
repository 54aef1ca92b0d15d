/// What a name of the zone asks for.
enum DNSLookup: Sendable, Hashable {
  /// The zone itself.
  case apex
  /// Its name server, `ns`.
  case nameServer
  /// A name that has nothing but names below it: `service`, `node`, a datacentre.
  case branch
  /// `[tag.]NAME.service`, `_NAME._TAG.service`
  case service(name: String, tag: String?)
  /// `NAME.node`
  case node(String)
  /// `HEX.addr`
  case address(IPAddress)
  /// `...in-addr.arpa`, `...ip6.arpa`
  case reverse(IPAddress)
  /// Of this zone, and not there.
  case nothing
  /// Of no zone that is answered for.
  case foreign
}

/// Reads names: where the zone lies, and what the labels below it mean.
struct DNSNameReader: Sendable {
  let domain: DNSName
  let datacenter: ArraySlice<UInt8>
  private static let ipv4Reverse = DNSName("in-addr.arpa") ?? .root
  private static let ipv6Reverse = DNSName("ip6.arpa") ?? .root

  init(domain: DNSName, datacenter: String) {
    self.domain = domain
    self.datacenter = ArraySlice(datacenter.utf8)
  }

  func lookup(_ name: DNSName) -> DNSLookup {
    if let labels = name.labels(before: domain) { return inZone(labels) }
    if let labels = name.labels(before: Self.ipv4Reverse) { return Self.reverse4(labels) }
    if let labels = name.labels(before: Self.ipv6Reverse) { return Self.reverse6(labels) }
    return .foreign
  }

  private func inZone(_ labels: [ArraySlice<UInt8>]) -> DNSLookup {
    guard let last = labels.last else { return .apex }
    if labels.count == 1, Self.equal(last, "ns") { return .nameServer }
    // From the right: a service may itself be called "service".
    if let place = labels.lastIndex(where: { Self.kinds[Self.lowercased($0)] != nil }),
      let kind = Self.kinds[Self.lowercased(labels[place])]
    {
      let suffix = labels[(place + 1)...]
      if suffix.isEmpty || (suffix.count == 1 && isOurs(suffix.last)) {
        return place == 0 ? .branch : Self.lookup(kind, Array(labels[..<place]))
      }
    }
    return labels.count == 1 && isOurs(last) ? .branch : .nothing
  }

  private func isOurs(_ label: ArraySlice<UInt8>?) -> Bool {
    label.map { DNSName.equal($0, datacenter) } ?? false
  }

  private enum Kind { case service, node, address }
  private static let kinds: [String: Kind] = ["service": .service, "node": .node, "addr": .address]

  private static func lookup(_ kind: Kind, _ labels: [ArraySlice<UInt8>]) -> DNSLookup {
    switch kind {
    case .service: return service(labels)
    case .node: return .node(text(labels))
    case .address:
      guard labels.count == 1, let address = IPAddress(hexadecimal: labels[0]) else { return .nothing }
      return .address(address)
    }
  }

  private static func service(_ labels: [ArraySlice<UInt8>]) -> DNSLookup {
    let underscore = UInt8(ascii: "_")
    guard let last = labels.last else { return .branch }
    if labels.count == 2, labels[0].first == underscore, labels[1].first == underscore {
      // RFC 2782. The protocol is no tag: everything here is said to speak TCP.
      let tag = text([labels[1].dropFirst()])
      return .service(name: text([labels[0].dropFirst()]), tag: tag.lowercased() == "tcp" ? nil : tag)
    }
    // Resolvers that ask label by label (RFC 9156) come by here, and must be led on.
    if labels.count == 1, last.first == underscore { return .branch }
    return .service(name: text([last]), tag: labels.count == 1 ? nil : text(Array(labels.dropLast())))
  }

  private static func reverse4(_ labels: [ArraySlice<UInt8>]) -> DNSLookup {
    let numbers = labels.reversed().map { String(decoding: $0, as: UTF8.self) }
    guard numbers.count == 4, case .v4(let address)? = IPAddress(numbers.joined(separator: ".")) else {
      return .nothing
    }
    return .reverse(.v4(address))
  }

  private static func reverse6(_ labels: [ArraySlice<UInt8>]) -> DNSLookup {
    guard labels.count == 32, labels.allSatisfy({ $0.count == 1 }),
      let address = IPAddress(hexadecimal: labels.reversed().flatMap(\.self))
    else { return .nothing }
    return .reverse(address)
  }

  private static func text(_ labels: [ArraySlice<UInt8>]) -> String {
    labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
  }

  private static func lowercased(_ label: ArraySlice<UInt8>) -> String {
    String(decoding: label.map(\.lowercasedASCII), as: UTF8.self)
  }

  private static func equal(_ label: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
    text.withUTF8Buffer { DNSName.equal(label, ArraySlice($0)) }
  }
}
