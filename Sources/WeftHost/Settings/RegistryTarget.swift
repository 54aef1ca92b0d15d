import WeftRPC

/// Judges where a registry is said to be, so that a slip is told at the start and not by every heartbeat.
enum RegistryTarget {
  static let none = "none"

  /// What is wrong with the text, or nil.
  static func problem(_ text: String) -> String? {
    if text == none { return nil }
    let target = ResolverTarget(text)
    switch target.scheme {
    case "unix": return target.endpoint.isEmpty ? "must name the path of a socket after unix:" : nil
    case "ipv4", "ipv6", "dns", "static":
      let isList = target.endpoint.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(
        isAddress)
      return isList ? nil : "must be host:port, such as ipv4:127.0.0.1:8502, or 'none'"
    default: return "must be ipv4:, ipv6:, dns:///, static: or unix:, or 'none'"
    }
  }

  private static func isAddress(_ text: Substring) -> Bool {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = Int(text[text.index(after: colon)...])
    else { return false }
    return (1...65_535).contains(port)
  }
}
