import NIOCore

/// Kinds of addresses, and the order in which to try them.
enum IPAddress {
  enum Family { case v4, v6 }

  /// - Returns: nil when the text is no IP address.
  static func family(of text: String) -> Family? {
    switch try? SocketAddress(ipAddress: text, port: 0) {
    case .v4: .v4
    case .v6: .v6
    default: nil
    }
  }

  /// Alternates between IPv6 and IPv4, beginning with the family that comes first, so that a family that cannot
  /// be reached costs one attempt and not all of them (RFC 8305, 4). The order within a family stays.
  static func interleaved(_ addresses: [String]) -> [String] {
    guard let first = addresses.first else { return [] }
    let leading = family(of: first)
    var queues = [
      addresses.filter { family(of: $0) == leading }[...],
      addresses.filter { family(of: $0) != leading }[...],
    ]
    var ordered: [String] = []
    ordered.reserveCapacity(addresses.count)
    while ordered.count < addresses.count {
      for index in queues.indices {
        if let next = queues[index].popFirst() { ordered.append(next) }
      }
    }
    return ordered
  }
}
