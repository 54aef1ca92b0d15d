/// What the gateway makes of the `Content-Type` of a request (RFC 9110, section 8.3).
enum ContentType: Sendable, Hashable {
  case json
  /// No type at all: taken for JSON.
  case unspecified
  /// `application/x-www-form-urlencoded`. `curl -d` says so of whatever it sends, JSON too.
  case form
  case other(String)

  init(_ header: String?) {
    guard let header else {
      self = .unspecified
      return
    }
    let parts = header.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
    guard let type = parts.first, !type.isEmpty else {
      self = .unspecified
      return
    }
    let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
      .filter { $0 != "\"" }
    let isUTF8 = charset == nil || charset == "utf-8" || charset == "utf8" || charset == "us-ascii"
    switch type {
    case "application/json", "text/json": self = isUTF8 ? .json : .other(header)
    case "application/x-www-form-urlencoded": self = .form
    case let type where type.hasPrefix("application/") && type.hasSuffix("+json"):
      self = isUTF8 ? .json : .other(header)
    default: self = .other(header)
    }
  }

  /// Why a body of this type is refused, or nil when it may be read as JSON.
  ///
  /// A page in a browser can send bodies without type, or of type form, to any server without asking it first.
  /// Such requests carry `Origin`; from them only a body that says it is JSON will do.
  func refusal(body: some Collection<UInt8>, fromBrowser: Bool) -> String? {
    switch self {
    case .json:
      return nil
    case .unspecified where !fromBrowser:
      return nil
    case .form where !fromBrowser:
      let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
      let isContainer = first.map { [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains($0) }
      // `null`, numbers and what is no JSON either get the answer that any JSON would.
      guard isContainer == false, body.contains(UInt8(ascii: "=")) else { return nil }
      return "HTML forms are not accepted: send JSON"
    case .unspecified, .form:
      return "requests from web pages need Content-Type: application/json"
    case .other(let type):
      return "Content-Type \"\(type.prefix(100))\" is not accepted: send application/json in UTF-8"
    }
  }
}
