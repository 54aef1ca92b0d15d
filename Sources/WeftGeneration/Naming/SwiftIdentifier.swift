/// Turns names of the protobuf language into names of the Swift language.
enum SwiftIdentifier {
  /// Words that keep their capitals wherever they are not first, as Swift's API guidelines have it.
  private static let acronyms: Set<String> = ["url", "http", "https", "id"]

  /// Letters, digits and underscores, not starting with a digit.
  static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return false }
    return name.utf8.allSatisfy { isWordByte($0) }
  }

  /// `max_pages`, `MAX_PAGES` and `maxPages` all give `maxPages`; `type_url` gives `typeURL`.
  static func lowerCamel(_ name: String) -> String {
    let words = words(of: name)
    guard let first = words.first else { return name }
    let tail = words.dropFirst().map(capitalised)
    return leadingUnderscores(of: name) + lowered(first) + tail.joined()
  }

  /// `max_pages` gives `MaxPages`; capitals that are there stay.
  static func upperCamel(_ name: String) -> String {
    let words = words(of: name)
    guard !words.isEmpty else { return name }
    return leadingUnderscores(of: name) + words.map(raised).joined()
  }

  /// A type name as written, but for its first letter.
  static func typeName(_ name: String) -> String { raised(name) }

  /// `weft.config.v1` gives `Weft_Config_V1_`.
  static func prefix(forPackage package: String) -> String {
    package.split(separator: ".").map { upperCamel(String($0)) + "_" }.joined()
  }

  /// The value without the name of its enum in front, as style guides have it written: `STATUS_OK` of
  /// `Status` gives `OK`. Nil when there is no such prefix, or when what is left is no name.
  static func withoutPrefix(_ value: String, ofEnum name: String) -> String? {
    var prefix = name.utf8.filter { $0 != UInt8(ascii: "_") }.map(lower)[...]
    var rest = value.utf8[...]
    while let expected = prefix.first {
      guard let byte = rest.popFirst() else { return nil }
      if byte == UInt8(ascii: "_") { continue }
      guard lower(byte) == expected else { return nil }
      prefix.removeFirst()
    }
    guard rest.first == UInt8(ascii: "_") else { return nil }
    let name = String(decoding: rest.drop { $0 == UInt8(ascii: "_") }, as: UTF8.self)
    return isPlain(name) ? name : nil
  }

  /// Path of a `.proto` file as part of a name; different paths give different names.
  static func fromPath(_ path: String) -> String {
    let stem = Array((path.hasSuffix(".proto") ? path.dropLast(6) : path[...]).utf8)
    return stem.enumerated().map { index, byte in
      if byte == UInt8(ascii: "/") { return "__" }
      guard isWordByte(byte) else { return escaped(byte) }
      // An underscore must not look like the start of what stands for another character.
      let next = index + 1 < stem.count ? stem[index + 1] : UInt8(ascii: "a")
      let isAmbiguous = next == UInt8(ascii: "_") || next == UInt8(ascii: "x") || !isWordByte(next)
      if byte == UInt8(ascii: "_"), isAmbiguous { return escaped(byte) }
      return String(UnicodeScalar(byte))
    }.joined()
  }

  private static func escaped(_ byte: UInt8) -> String { "_x" + String(byte, radix: 16) }

  private static func words(of name: String) -> [String] {
    name.split(separator: "_").map(String.init)
  }

  private static func leadingUnderscores(of name: String) -> String {
    String(name.prefix { $0 == "_" })
  }

  /// For the first word: all capitals go (`URL`), or those before the last one of a run (`URLFetch`
  /// gives `urlFetch`), or just the first.
  private static func lowered(_ word: String) -> String {
    let letters = Array(word)
    let run = letters.prefix { $0.isUppercase || $0.isNumber }.count
    if run == letters.count { return word.lowercased() }
    let lowerCount = max(1, run > 1 && letters[run - 1].isUppercase ? run - 1 : run)
    return String(letters.prefix(lowerCount)).lowercased() + String(letters.dropFirst(lowerCount))
  }

  private static func capitalised(_ word: String) -> String {
    if acronyms.contains(word.lowercased()), word == word.lowercased() || word == word.uppercased() {
      return word.uppercased()
    }
    // A word in capitals is one of an enum's value or a constant's name.
    let isUpper = word == word.uppercased() && word.count > 1
    return raised(isUpper ? word.lowercased() : word)
  }

  private static func raised(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
