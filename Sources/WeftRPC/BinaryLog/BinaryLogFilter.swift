/// Which calls a binary log keeps, and how much of each (gRFC A16).
///
/// Patterns with commas between them: `*` for every method, `package.Service/*`, `package.Service/Method`, and
/// `-package.Service/Method` to leave one out. The closest pattern decides. Behind a pattern may stand how much is
/// kept: `{h}` headers only, `{m}` messages only, `{h:256;m:1024}` so many bytes of each; all of both without.
public struct BinaryLogFilter: Sendable {
  /// How many bytes of a call's metadata and of each of its messages are kept.
  public struct Limits: Sendable, Hashable {
    public var headerBytes: Int
    public var messageBytes: Int

    public static let everything = Limits(headerBytes: .max, messageBytes: .max)
  }

  /// What is wrong with the text of a filter.
  public struct Malformed: Error, Sendable, CustomStringConvertible {
    public let pattern: String
    public let reason: String
    public var description: String { "\"\(pattern)\" in the filter of the binary log \(reason)" }
  }

  private var all: Limits?
  private var services: [String: Limits] = [:]
  private var methods: [String: Limits] = [:]
  private var excluded: Set<String> = []

  /// - Throws: ``Malformed``.
  public init(_ text: String) throws {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      try add(String(part.drop { $0 == " " }))
    }
  }

  /// - Parameter path: `/package.Service/Method`.
  /// - Returns: nil when the method is not logged.
  public func limits(for path: String) -> Limits? {
    let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
    if excluded.contains(name) { return nil }
    if let own = methods[name] { return own }
    let service = name.prefix { $0 != "/" }
    return services[String(service)] ?? all
  }

  private mutating func add(_ pattern: String) throws {
    func malformed(_ reason: String) -> Malformed { Malformed(pattern: pattern, reason: reason) }
    if pattern.isEmpty { throw malformed("is empty") }
    var name = pattern
    var limits = Limits.everything
    if let brace = pattern.firstIndex(of: "{") {
      guard pattern.last == "}" else { throw malformed("has no \"}\" at its end") }
      let inside = pattern[pattern.index(after: brace)...].dropLast()
      guard let read = Self.limits(inside) else {
        throw malformed("must say {h}, {m}, or both with ; between, each perhaps with :bytes")
      }
      limits = read
      name = String(pattern[..<brace])
    }
    let isExcluded = name.hasPrefix("-")
    if isExcluded {
      if limits != .everything || pattern.contains("{") {
        throw malformed("leaves a method out and has no size")
      }
      name.removeFirst()
    }
    if name == "*" {
      if isExcluded { throw malformed("would leave everything out: leave the filter empty instead") }
      if all != nil { throw malformed("comes twice") }
      all = limits
      return
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw malformed("is not *, package.Service/* or package.Service/Method")
    }
    if parts[1] == "*" {
      let service = String(parts[0])
      if isExcluded { throw malformed("leaves out a whole service, which only single methods can be") }
      if services.updateValue(limits, forKey: service) != nil { throw malformed("comes twice") }
    } else {
      if methods[name] != nil || excluded.contains(name) { throw malformed("comes twice") }
      if isExcluded { excluded.insert(name) } else { methods[name] = limits }
    }
  }

  /// `h`, `m`, `h:1`, `h:1;m:2` and so on.
  private static func limits(_ text: Substring) -> Limits? {
    var limits = Limits(headerBytes: 0, messageBytes: 0)
    var seen: Set<Substring> = []
    for part in text.split(separator: ";", omittingEmptySubsequences: false) {
      let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = pair.first, seen.insert(name).inserted else { return nil }
      var bytes = Int.max
      if pair.count == 2 {
        guard let number = Int(pair[1]), number >= 0, pair[1].allSatisfy(\.isNumber) else { return nil }
        bytes = number
      }
      switch name {
      case "h": limits.headerBytes = bytes
      case "m": limits.messageBytes = bytes
      default: return nil
      }
    }
    return limits
  }
}
