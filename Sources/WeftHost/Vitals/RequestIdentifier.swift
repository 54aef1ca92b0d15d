import WeftRPC

/// The name of one request in answers and logs: the caller's own when it is harmless, a new one otherwise.
enum RequestIdentifier {
  static let maxBytes = 128

  static func accept(_ text: String?) -> String {
    guard let text, isHarmless(text) else { return RequestID.make() }
    return text
  }

  /// Letters, digits and a few marks: nothing that could break a header or a log line.
  static func isHarmless(_ text: String) -> Bool {
    (1...maxBytes).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
          UInt8(ascii: ":"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }
}
