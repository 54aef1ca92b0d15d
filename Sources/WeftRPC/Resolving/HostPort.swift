/// `host:port` as it stands in a target: a name, an IPv4 address, or an IPv6 address in brackets.
struct HostPort: Hashable {
  var host: String
  /// Nil when there is none.
  var port: Int?

  /// - Returns: nil when the text is no host, or the port none from 1 to 65535.
  init?(_ text: some StringProtocol) {
    var rest = Substring(text)
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
    } else if let colon = rest.firstIndex(of: ":") {
      // More than one colon without brackets is an IPv6 address without a port.
      let isBare = rest[rest.index(after: colon)...].contains(":")
      host = String(isBare ? rest : rest[..<colon])
      rest = isBare ? "" : rest[colon...]
    } else {
      host = String(rest)
      rest = ""
    }
    if host.isEmpty || host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) { return nil }
    if rest.isEmpty { return }
    guard rest.hasPrefix(":"), let number = Int(rest.dropFirst()), (1...65535).contains(number) else {
      return nil
    }
    port = number
  }

  /// The host of `host:port` or of a host alone.
  static func host(of authority: String) -> String { HostPort(authority)?.host ?? authority }
}
