import WeftRegistry

/// Keys.
extension RegistryPageSource {
  /// Names that one view shows.
  static let shownKeys = 500

  func keys(_ prefix: String, _ scope: AccessScope) -> PageContent {
    let (index, names) = readableNames(prefix, scope)
    var keys = PageKeys()
    keys.isCut = names.count > Self.shownKeys
    for name in names.prefix(Self.shownKeys) {
      if name != prefix, name.hasSuffix("/") {
        keys.folders.append(name)
      } else if let entry = registry.keyValue(name).entry {
        keys.keys.append(.init(key: name, bytes: entry.value.count, session: entry.session ?? ""))
      }
    }
    keys.isWritable = scope.allows(.key(prefix, .write))
    return PageContent(index: index, .keys(keys))
  }

  /// The names right below a prefix that the visitor may read. Those that go on have their first slash at the end.
  private func readableNames(_ prefix: String, _ scope: AccessScope) -> (index: UInt64, names: [String]) {
    guard registry.access.configuration.isEnabled else {
      return registry.keyNames(prefix: prefix, separator: "/")
    }
    // A folder is there when something in it may be read, so every name has to be looked at.
    let (index, all) = registry.keyNames(prefix: prefix)
    var names: [String] = []
    for name in all where scope.allows(.key(name, .read)) {
      let rest = name.utf8.dropFirst(prefix.utf8.count)
      let isBelow = rest.firstIndex(of: UInt8(ascii: "/")).map { String(name[...$0]) }
      let shown = isBelow ?? name
      if names.last != shown { names.append(shown) }
    }
    return (index, names)
  }

  func key(_ key: String, _ scope: AccessScope) throws(PageProblem) -> PageContent {
    try scope.demand(.key(key, .read))
    let (index, entry) = registry.keyValue(key)
    var shown = PageKey(value: entry?.value)
    if let entry {
      shown.flags = entry.flags
      shown.created = entry.createdRevision
      shown.modified = entry.modifiedRevision
      shown.session = entry.session ?? ""
    }
    shown.isWritable = scope.allows(.key(key, .write))
    return PageContent(index: index, .key(shown))
  }

  public func put(
    _ key: String, _ value: [UInt8], at index: UInt64, for visitor: PageVisitor
  ) async throws(PageProblem) {
    let flags = registry.keyValue(key).entry?.flags ?? 0
    try await change(
      .compareAndSet(key: key, value: value, flags: flags, revision: index), for: visitor)
  }

  public func delete(_ key: String, at index: UInt64, for visitor: PageVisitor) async throws(PageProblem) {
    try await change(.compareAndDelete(key: key, revision: index), for: visitor)
  }

  private func change(_ operation: KeyValueOperation, for visitor: PageVisitor) async throws(PageProblem) {
    let scope = try scope(of: visitor)
    try scope.demand(.key(operation.key, .write))
    let result: KeyValueResult
    do { result = try await registry.perform(operation, by: scope.actor).result } catch {
      throw PageProblem(error)
    }
    if !result.isDone {
      throw PageProblem(
        status: 409, "Somebody changed \(operation.key) meanwhile: look at its new value first.")
    }
  }
}
