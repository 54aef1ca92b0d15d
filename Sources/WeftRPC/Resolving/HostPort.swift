/// `host:port` as it stands in a target: a name, an IPv4 address, or an IPv6 address in brackets.
struct HostPort: Hashable {
  var host: String
  /// Nil when there is none.
  var port: Int?

  /// What is wrong with a text that is none, for people.
  struct Problem: Error, Equatable, CustomStringConvertible {
    var description: String
  }

  /// - Throws: what is wrong: the text is no host, or the port none from 1 to 65535.
  init(parsing text: some StringProtocol) throws(Problem) {
    var rest = Substring(text)
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else {
        throw Problem(description: "\"\(text)\" has no ] behind the address")
      }
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
    if host.isEmpty { throw Problem(description: "\"\(text)\" names no host") }
    if host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
      throw Problem(description: "the host \"\(host)\" has a space or a control character in it")
    }
    if host.contains(":"), IPAddress.family(of: String(host.prefix { $0 != "%" })) != .v6 {
      throw Problem(description: "\"\(host)\" is no IPv6 address; with a port it is written [address]:port")
    }
    if rest.isEmpty { return }
    guard rest.hasPrefix(":") else {
      throw Problem(description: "\"\(text)\" has something other than a port behind the address")
    }
    let digits = rest.dropFirst()
    guard let number = Int(digits), (1...65535).contains(number) else {
      throw Problem(description: "the port \"\(digits)\" is no number from 1 to 65535")
    }
    port = number
  }

  /// - Returns: nil when the text is no host, or the port none from 1 to 65535.
  init?(_ text: some StringProtocol) {
    guard let parsed = try? HostPort(parsing: text) else { return nil }
    self = parsed
  }

  /// The host of `host:port` or of a host alone.
  static func host(of authority: String) -> String { HostPort(authority)?.host ?? authority }
}
