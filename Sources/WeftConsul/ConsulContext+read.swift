import WeftProtobuf
import WeftRegistry

/// Reads of the state, at once or when it changes.
extension ConsulContext {
  /// Answers a reading request about a scope: after it changed, when the request wants to wait for that; and from
  /// the cache, when the same was asked before and nothing changed since.
  ///
  /// The index is looked up before the state is read. So it may be behind what is shown, and a client that waits
  /// then learns the same twice; it is never ahead, and no change is missed.
  func read(
    _ request: ConsulRequest, of scope: Scope,
    _ encode: @escaping @Sendable (ReadOptions) throws(ConsulError) -> JSONOutput
  ) async throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    try await wait(for: scope, options)
    let key = cacheKey(of: request)
    let version = registry.version(of: scope)
    if let entry = cache[key], entry.version == version {
      return options.isCached ? entry.answer.with("x-cache", "HIT").with("age", "0") : entry.answer
    }
    // Thousands of instances take milliseconds: not on a connection's event loop.
    let output = try await withTaskExecutorPreference(globalConcurrentExecutor) { try encode(options) }
    let answer = ConsulAnswer.json(output).at(index: version.index, consistency: options.consistency)
    cache.add(.init(scope: scope, version: version, answer: answer), for: key)
    return options.isCached ? answer.with("x-cache", "MISS") : answer
  }

  /// Who may not read everything has answers of its own, for as long as the rules stay.
  private func cacheKey(of request: ConsulRequest) -> String {
    if request.scope.isUnrestricted { return request.cacheKey }
    return "\(request.cacheKey)\u{0}\(request.actor.name)\u{0}\(registry.index(for: .access))"
  }

  /// The answer to a request that was made before, word for word, if it still holds and anybody may have it.
  func remembered(_ key: String) -> ConsulAnswer? {
    guard !hasAccessControl, let entry = cache[key], entry.version == registry.version(of: entry.scope)
    else { return nil }
    return entry.answer
  }

  /// Waits as the request wants it to: until the scope is newer than it knows, or for so long.
  func wait(for scope: Scope, _ options: ReadOptions) async throws {
    guard options.index > 0 else { return }
    let deadline = ContinuousClock.now + options.jitteredWait
    var current = registry.index(for: scope)
    while current <= options.index {
      let rest = deadline - .now
      guard rest > .zero else { return }
      let index = await registry.wait(for: scope, after: current, timeout: rest)
      try Task.checkCancellation()
      // Nothing changed: the time is over, or the registry shuts down.
      if index == current { return }
      current = index
    }
  }
}

extension ConsulRequest {
  /// What tells answers apart: requests that differ in nothing but how they wait have the same.
  var cacheKey: String {
    if fields.contains(Self.namespaceField) { return "\(namespace)\u{0}\(targetKey)" }
    return targetKey
  }

  private var targetKey: String {
    if !query.all.contains(where: { Self.waiting.contains($0.name) }) { return target }
    var key = "\u{0}\(path)"
    for (name, value) in query.all where !Self.waiting.contains(name) { key += "\u{0}\(name)\u{0}\(value)" }
    return key
  }

  private static let waiting: Set<String> = ["index", "wait", "cached", "pretty", "token"]
}
