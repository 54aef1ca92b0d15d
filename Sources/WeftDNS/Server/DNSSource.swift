import NIOCore

/// Whom a limit counts as one: an IPv4 address, or a /64 of IPv6, which one customer commonly has.
enum DNSSource: Sendable, Hashable {
  case v4(UInt32)
  case v6(UInt64)
  case other

  init(_ address: SocketAddress?) {
    switch address {
    case .v4(let v4): self = .v4(UInt32(bigEndian: v4.address.sin_addr.s_addr))
    case .v6(let v6):
      let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0.prefix(16)) }
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      self =
        isMapped
        ? .v4(bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) })
        : .v6(bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    default: self = .other
    }
  }

  /// Of this machine: nobody elsewhere can have sent from there.
  static func isLoopback(_ address: SocketAddress) -> Bool {
    // Also as a socket of both families tells it: ::ffff:127.0.0.1.
    if case .v4(let value) = DNSSource(address) { return value >> 24 == 127 }
    guard case .v6(let v6) = address else { return false }
    return withUnsafeBytes(of: v6.address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}
