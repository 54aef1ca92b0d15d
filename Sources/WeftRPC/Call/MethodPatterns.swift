/// Names methods: one as `/package.Service/Method`, all of a service as `/package.Service/*`.
struct MethodPatterns: Sendable {
  let all: [String]

  /// - Parameter path: `/package.Service/Method`.
  func cover(_ path: String) -> Bool { all.contains { Self.matches($0, path) } }

  static func matches(_ pattern: String, _ path: String) -> Bool {
    if pattern == path { return true }
    guard pattern.hasSuffix("/*"), let slash = path.lastIndex(of: "/") else { return false }
    return pattern.dropLast() == path[...slash]
  }
}
