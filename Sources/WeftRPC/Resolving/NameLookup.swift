import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Looks names up as the machine is configured to: hosts file, DNS servers, search domains.
enum NameLookup {
  /// The addresses of a name, IPv6 and IPv4, in the system's order of preference (RFC 6724).
  ///
  /// Blocks a thread of the shared pool while it waits for a DNS server.
  ///
  /// - Throws: ``NameLookupError``.
  static func addresses(of host: String) async throws -> [String] {
    try await NIOThreadPool.singleton.runIfActive { try blocking(host) }
  }

  private static func blocking(_ host: String) throws -> [String] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, nil, &hints, &first)
    guard result == 0 else { throw NameLookupError(host: host, reason: reason(result)) }
    defer { freeaddrinfo(first) }
    var found: [String] = []
    var next = first
    while let entry = next {
      if let address = text(entry.pointee), !found.contains(address) { found.append(address) }
      next = entry.pointee.ai_next
    }
    if found.isEmpty { throw NameLookupError(host: host, reason: "it has no address") }
    return found
  }

  private static func text(_ entry: addrinfo) -> String? {
    guard let address = entry.ai_addr else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      guard let base = buffer.baseAddress,
        getnameinfo(address, entry.ai_addrlen, base, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
      else { return nil }
      return String(cString: base)
    }
  }

  private static func reason(_ code: Int32) -> String {
    if code == EAI_SYSTEM { return String(cString: strerror(errno)) }
    return String(cString: gai_strerror(code))
  }
}

/// A name that has no address, or none just now.
struct NameLookupError: Error, CustomStringConvertible {
  var host: String
  var reason: String
  var description: String { "the name \"\(host)\" cannot be resolved: \(reason)" }
}
