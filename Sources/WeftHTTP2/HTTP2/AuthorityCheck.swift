/// Whether a request names one host and nothing but that (RFC 9113, 8.3.1), of which nghttp2 checks only the
/// characters. What was found good is remembered: a connection's requests are nearly all for the same host.
struct AuthorityCheck {
  private var goodAuthority = ""
  private var fieldsVersion = -1
  private var hasHost = false

  mutating func isMalformed(_ head: HTTP2Head) -> Bool {
    if fieldsVersion != head.fieldsVersion {
      fieldsVersion = head.fieldsVersion
      hasHost = head.fields["host"] != nil
    }
    if head.authority != goodAuthority {
      // User information gives text to whoever logs it, and makes one host look like another.
      if head.authority.utf8.contains(UInt8(ascii: "@")) { return true }
      goodAuthority = head.authority
    }
    guard hasHost, !head.authority.isEmpty else { return false }
    let authority = Self.host(head.authority, scheme: head.scheme)
    return head.fields.values("host").contains { Self.host($0, scheme: head.scheme) != authority }
  }

  /// In a form that is the same for the same host and port.
  private static func host(_ text: String, scheme: String) -> String {
    let host = text.lowercased()
    let defaultPort = scheme == "https" ? ":443" : ":80"
    return host.hasSuffix(defaultPort) ? String(host.dropLast(defaultPort.count)) : host
  }
}
