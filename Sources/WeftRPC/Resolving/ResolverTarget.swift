/// What a channel is to connect to: `scheme://authority/endpoint` or `scheme:endpoint`.
public struct ResolverTarget: Sendable, Hashable, CustomStringConvertible {
  public let scheme: String
  public let authority: String
  public let endpoint: String

  /// - Parameter text: a target as in gRPC's naming document; without a scheme it is `dns:///`.
  public init(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"),
      Self.knownSchemes.contains(String(text[..<colon])) || text[colon...].hasPrefix("://")
    else {
      scheme = "dns"
      authority = ""
      endpoint = text
      return
    }
    scheme = String(text[..<colon])
    let rest = text[text.index(after: colon)...]
    if rest.hasPrefix("//") {
      let path = rest.dropFirst(2)
      let slash = path.firstIndex(of: "/") ?? path.endIndex
      authority = String(path[..<slash])
      // `unix:///path` names the path with its slash (gRPC's naming document).
      endpoint = String(scheme == "unix" ? path[slash...] : path[slash...].dropFirst())
    } else {
      authority = ""
      endpoint = String(rest)
    }
  }

  private static let knownSchemes: Set<String> = ["dns", "ipv4", "ipv6", "static", "unix", "inproc", "weft"]

  public var description: String {
    if scheme == "unix" { return "unix:\(endpoint)" }
    return authority.isEmpty && scheme != "dns" && scheme != "weft"
      ? "\(scheme):\(endpoint)" : "\(scheme)://\(authority)/\(endpoint)"
  }
}
