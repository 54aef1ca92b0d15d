/// The revision at which each scope was last touched: what Consul calls its index.
///
/// An index is never 0 and never falls. What was never touched since the start has the index of the start, because
/// what happened before that is not known by scope.
struct ScopeIndex: Sendable {
  private var touched: [Scope: UInt64] = [:]
  private var floor: UInt64
  /// More scopes than this are forgotten; everything then seems to have changed once, which costs each waiter one
  /// look too many.
  private let limit: Int

  init(startingAt revision: UInt64, limit: Int = 200_000) {
    floor = max(1, revision)
    self.limit = limit
  }

  subscript(scope: Scope) -> UInt64 { touched[scope] ?? floor }

  mutating func touch(_ scopes: Set<Scope>, revision: UInt64) {
    if touched.count > limit {
      touched = [:]
      floor = max(floor, revision)
    }
    for scope in scopes { touched[scope] = max(floor, revision) }
  }
}
