/// Rules of one or more policies, ready to be asked.
///
/// A rule for the very name counts; without one the longest prefix does.
struct AccessGrants: Sendable, Hashable {
  private struct Rules: Sendable, Hashable {
    var exact: [KeyName: AccessPermission] = [:]
    var prefixes: [KeyName: AccessPermission] = [:]
    /// Lengths of the prefixes in bytes, the longest first.
    var lengths: [Int] = []
  }

  private var resources: [AccessResource: Rules] = [:]

  init(_ rules: some Sequence<AccessRule>) {
    for rule in rules {
      let name = KeyName(rule.name)
      let merge = { (old: AccessPermission?) in old?.merged(with: rule.permission) ?? rule.permission }
      if rule.isPrefix {
        resources[rule.resource, default: Rules()].prefixes[name] = merge(
          resources[rule.resource]?.prefixes[name])
      } else {
        resources[rule.resource, default: Rules()].exact[name] = merge(resources[rule.resource]?.exact[name])
      }
    }
    for resource in resources.keys {
      let lengths = Set(resources[resource]?.prefixes.keys.map(\.text.utf8.count) ?? [])
      resources[resource]?.lengths = lengths.sorted(by: >)
    }
  }

  /// What the rules say of a name; nil when they say nothing.
  func permission(for resource: AccessResource, _ name: String) -> AccessPermission? {
    guard let rules = resources[resource] else { return nil }
    guard resource.hasNames else { return rules.exact[KeyName("")] }
    return rules.exact[KeyName(name)] ?? Self.prefixPermission(rules, name)
  }

  /// The least that the rules say of any name that begins with `prefix`; nil when they say nothing of some.
  func leastPermission(for resource: AccessResource, below prefix: String) -> AccessPermission? {
    guard let rules = resources[resource], let whole = Self.prefixPermission(rules, prefix) else {
      return nil
    }
    let start = KeyName(prefix)
    let below = (rules.exact.map { ($0, $1) } + rules.prefixes.map { ($0, $1) })
      .filter { $0.0.hasPrefix(start) }.map(\.1)
    return below.reduce(whole, min)
  }

  /// Whether a rule speaks of some name that begins with `prefix` and denies what is asked for.
  func denies(_ permission: AccessPermission, for resource: AccessResource, below prefix: String) -> Bool {
    guard let rules = resources[resource] else { return false }
    let start = KeyName(prefix)
    return rules.exact.contains { $0.key.hasPrefix(start) && $0.value < permission }
      || rules.prefixes.contains { $0.key.hasPrefix(start) && $0.value < permission }
  }

  /// Whether a rule gives write access to anything of a kind.
  func hasWrite(for resource: AccessResource) -> Bool {
    guard let rules = resources[resource] else { return false }
    return rules.exact.values.contains(.write) || rules.prefixes.values.contains(.write)
  }

  private static func prefixPermission(_ rules: Rules, _ name: String) -> AccessPermission? {
    let bytes = name.utf8
    for length in rules.lengths where length <= bytes.count {
      // A cut within a character makes a text that is no rule's.
      guard let prefix = String(bytes.prefix(length)) else { continue }
      if let permission = rules.prefixes[KeyName(prefix)] { return permission }
    }
    return nil
  }
}
