import WeftProtobuf

/// Finds the value for a method and a path among many path templates.
///
/// Where several templates match, the one whose segments are more specific wins, compared from left to right: a
/// literal before `*`, `*` before `**`; and a template with a verb before one without. The order in which
/// templates were inserted never matters.
struct RouteTrie<Value: Sendable>: Sendable {
  /// What a lookup gives.
  enum Match {
    case found(Value, segments: [RequestPath.Segment])
    /// Some template matches the path, but for other methods only.
    case otherMethods([String])
    case none
  }

  /// A rule for any method: `custom { kind: "*" }`.
  static var anyMethod: String { "*" }

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var single: Int?
    var rest: Int?
    var ends: [End] = []
  }

  private struct End: Sendable {
    let verb: String?
    let method: String
    let value: Value
  }

  private var nodes = [Node()]
  /// The verbs of all templates, so that a colon in a path costs nothing when it cannot be a verb.
  private var verbs: Set<String> = []

  /// Adds a template, unless one of the same shape already serves the method: then that one's value comes back
  /// and nothing changes.
  mutating func insert(_ template: PathTemplate, method: String, value: Value) -> Value? {
    var node = 0
    for segment in template.segments { node = child(of: node, for: segment) }
    if let taken = nodes[node].ends.first(where: { $0.verb == template.verb && $0.method == method }) {
      return taken.value
    }
    nodes[node].ends.append(End(verb: template.verb, method: method, value: value))
    if let verb = template.verb { verbs.insert(verb) }
    return nil
  }

  func match(_ path: RequestPath, method: String) -> Match {
    var allowed: [String] = []
    if let verb = path.verb?.verb, verbs.contains(verb) {
      let segments = path.segments(withoutVerb: true)
      if let value = find(segments[...], verb: verb, method: method, node: 0, allowed: &allowed) {
        return .found(value, segments: segments)
      }
      // The path names a verb that exists here: do not take the colon for a part of some name.
      if !allowed.isEmpty { return .otherMethods(allowed) }
    }
    if let value = find(path.segments[...], verb: nil, method: method, node: 0, allowed: &allowed) {
      return .found(value, segments: path.segments)
    }
    return allowed.isEmpty ? .none : .otherMethods(allowed)
  }

  /// Depth first, most specific first. Each node is reached by one path only, so it is visited once at most, and
  /// recursion is no deeper than the longest template.
  private func find(
    _ segments: ArraySlice<RequestPath.Segment>, verb: String?, method: String, node: Int,
    allowed: inout [String]
  ) -> Value? {
    if let segment = segments.first {
      let remaining = segments.dropFirst()
      if let next = nodes[node].literals[segment.text],
        let value = find(remaining, verb: verb, method: method, node: next, allowed: &allowed)
      {
        return value
      }
      if let next = nodes[node].single, !segment.text.isEmpty,
        let value = find(remaining, verb: verb, method: method, node: next, allowed: &allowed)
      {
        return value
      }
    } else if let value = end(of: node, verb: verb, method: method, allowed: &allowed) {
      return value
    }
    guard let rest = nodes[node].rest else { return nil }
    return end(of: rest, verb: verb, method: method, allowed: &allowed)
  }

  private func end(of node: Int, verb: String?, method: String, allowed: inout [String]) -> Value? {
    var wildcard: Value?
    for end in nodes[node].ends where end.verb == verb {
      if end.method == method { return end.value }
      if end.method == Self.anyMethod {
        wildcard = end.value
      } else if !allowed.contains(end.method) {
        allowed.append(end.method)
      }
    }
    return wildcard
  }

  private mutating func child(of node: Int, for segment: PathTemplate.Segment) -> Int {
    let existing: Int? =
      switch segment {
      case .literal(let text): nodes[node].literals[text]
      case .single: nodes[node].single
      case .rest: nodes[node].rest
      }
    if let existing { return existing }
    let new = nodes.count
    nodes.append(Node())
    switch segment {
    case .literal(let text): nodes[node].literals[text] = new
    case .single: nodes[node].single = new
    case .rest: nodes[node].rest = new
    }
    return new
  }
}
