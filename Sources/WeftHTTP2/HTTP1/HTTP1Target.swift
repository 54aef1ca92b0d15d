/// What a request line asks for (RFC 9112, 3.2).
enum HTTP1Target {
  /// Path and query, and the authority where the target names one: clients that take this server for a proxy put scheme
  /// and authority before the path, and every server has to take that.
  static func origin(of target: String) -> (target: String, authority: String?) {
    guard target.utf8.first != UInt8(ascii: "/"), let scheme = scheme(of: target) else {
      return (target, nil)
    }
    let rest = target.dropFirst(scheme)
    let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let path = rest[end...]
    return (path.first == "/" ? String(path) : "/\(path)", String(rest[..<end]))
  }

  /// The characters of a scheme that is served here.
  private static func scheme(of target: String) -> Int? {
    ["http://", "https://"].first { target.prefix($0.count).lowercased() == $0 }?.count
  }
}
