/// Small checks that name the field they fail on.
struct FieldCheck {
  /// Path in the request, such as `instance.tags[3]`.
  let field: String

  func fail(_ reason: String) -> RegistryError {
    .invalidArgument(field: field, reason: reason)
  }

  /// At most `limit` bytes of UTF-8 without control characters.
  func text(_ value: String, limit: Int) throws(RegistryError) {
    try size(value, limit: limit)
    for scalar in value.unicodeScalars where scalar.isControl {
      throw fail("contains the control character U+\(String(scalar.value, radix: 16, uppercase: true))")
    }
  }

  /// At most `limit` bytes of UTF-8; line breaks and tabs are all right.
  func lines(_ value: String, limit: Int) throws(RegistryError) {
    try size(value, limit: limit)
    let hasControls = value.unicodeScalars.contains { scalar in
      scalar.isControl && !"\n\r\t".unicodeScalars.contains(scalar)
    }
    if hasControls { throw fail("contains a control character") }
  }

  /// An id that a client made up: 1 to 255 bytes of UTF-8 without control characters.
  func identifier(_ value: String) throws(RegistryError) {
    if value.isEmpty { throw fail("is empty") }
    try text(value, limit: 255)
  }

  /// 1 to `limit` bytes, each accepted by `isAllowed`.
  func token(
    _ value: String, limit: Int, allowed: String, where isAllowed: (UInt8) -> Bool
  ) throws(RegistryError) {
    guard !value.isEmpty else { throw fail("is empty") }
    try size(value, limit: limit)
    guard value.utf8.allSatisfy(isAllowed) else {
      throw fail("\(quoted(value)) contains a character that is not allowed; \(allowed) are")
    }
  }

  func size(_ value: String, limit: Int) throws(RegistryError) {
    let count = value.utf8.count
    if count > limit { throw fail("has \(count) bytes; at most \(limit) are taken") }
  }

  func count(_ count: Int, limit: Int) throws(RegistryError) {
    if count > limit { throw fail("has \(count) entries; at most \(limit) are taken") }
  }

  /// The value as an error may show it: short and on one line.
  func quoted(_ value: String) -> String {
    let text = value.unicodeScalars.prefix(64).map { scalar in
      scalar.isControl ? "\u{FFFD}" : String(scalar)
    }
    return "\"" + text.joined() + (value.unicodeScalars.count > 64 ? "…\"" : "\"")
  }
}

extension Unicode.Scalar {
  /// Unicode's general category Cc, which is these and will stay these. Every registration asks this of each of its
  /// characters; the tables of all categories take ten times as long.
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  /// Unicode's property White_Space.
  var isBlank: Bool { isASCII ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace }
}

extension UInt8 {
  var isLowerCaseOrDigit: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || isDigit
  }

  var isDigit: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }

  var isLetterOrDigit: Bool {
    isLowerCaseOrDigit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
  }
}
