import WeftProtobuf

/// The parameters of a request's query, decoded.
struct QueryParameters: Sendable {
  /// So that no request can make each look at its parameters long.
  static let maxCount = 100

  private(set) var all: [(name: String, value: String)] = []

  init(_ query: String?) throws(ConsulError) {
    guard let query, !query.isEmpty else { return }
    for part in query.utf8.split(separator: UInt8(ascii: "&")) {
      guard all.count < Self.maxCount else {
        throw .badRequest("The query has more than \(Self.maxCount) parameters")
      }
      let pieces = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      do {
        let name = try PercentDecoder.decode(Array(pieces[0])[...], plusIsSpace: true)
        let value =
          pieces.count > 1 ? try PercentDecoder.decode(Array(pieces[1])[...], plusIsSpace: true) : ""
        all.append((name, value))
      } catch {
        throw .badRequest("The query cannot be read: \(error.reason)")
      }
    }
  }

  func has(_ name: String) -> Bool { all.contains { $0.name == name } }

  /// The first value of a parameter; nil when it is not there, or empty.
  func text(_ name: String) -> String? {
    let value = all.first { $0.name == name }?.value
    return value?.isEmpty == true ? nil : value
  }

  func values(_ name: String) -> [String] {
    all.compactMap { $0.name == name ? $0.value : nil }
  }

  /// Whether a flag is set. Without a value it is; `false`, `0` and the like unset it.
  ///
  /// - Parameter isStrict: whether another value is an error, or counts as set.
  func flag(_ name: String, isStrict: Bool = false) throws(ConsulError) -> Bool {
    guard let value = all.first(where: { $0.name == name })?.value else { return false }
    if value.isEmpty { return true }
    if let flag = Self.boolean(value) { return flag }
    if isStrict { throw .badRequest("Invalid value for ?\(name)") }
    return true
  }

  /// What Go's `strconv.ParseBool` takes.
  static func boolean(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "TRUE", "true", "True": true
    case "0", "f", "F", "FALSE", "false", "False": false
    default: nil
    }
  }

  func unsigned(_ name: String) throws(ConsulError) -> UInt64? {
    guard let text = text(name) else { return nil }
    if let value = UInt64(text) { return value }
    throw .badRequest(
      "Invalid value for ?\(name): \"\(text.prefix(64))\" is not a whole number of at most 64 bits")
  }
}
