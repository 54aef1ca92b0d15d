/// How fresh an answer has to be. With one node each is as fresh as can be, so they are told apart by name only.
enum Consistency: String, Sendable {
  case leader, stale, consistent
}

/// What a reading request says about when and how it wants its answer.
struct ReadOptions: Sendable {
  /// Wait until the state is newer than this; 0 answers at once.
  var index: UInt64
  /// How long to wait at most.
  var wait: Duration
  var consistency: Consistency
  /// The client would take an answer from a cache.
  var isCached: Bool
  var filter: String?
  /// Put the instances on this node first.
  var near: String?
  /// Only nodes with all of these.
  var nodeMeta: [String: String]

  static let defaultWait: Duration = .seconds(300)
  static let longestWait: Duration = .seconds(600)

  init(_ query: QueryParameters) throws(ConsulError) {
    if let text = query.text("index") {
      guard let index = UInt64(text) else { throw .badRequest("Invalid index") }
      self.index = index
    } else {
      index = 0
    }
    wait = Self.defaultWait
    if let text = query.text("wait") {
      guard let duration = GoDuration.parse(text) else { throw .badRequest("Invalid wait time") }
      if duration > .zero { wait = min(duration, Self.longestWait) }
    }
    consistency = .leader
    let isStale = try query.flag("stale")
    if try query.flag("consistent") {
      if isStale { throw .badRequest("Cannot specify ?stale with ?consistent, conflicting semantics.") }
      consistency = .consistent
    } else if isStale {
      consistency = .stale
    }
    isCached = try query.flag("cached")
    if isCached, consistency == .consistent {
      throw .badRequest("Cannot specify ?cached with ?consistent, conflicting semantics.")
    }
    filter = query.text("filter")
    near = query.text("near")
    nodeMeta = [:]
    for text in query.values("node-meta") {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      nodeMeta[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
  }

  /// The wait with up to a sixteenth of it on top, so that clients that asked together do not ask again together.
  var jitteredWait: Duration {
    let nanoseconds = wait / .nanoseconds(1)
    return wait + .nanoseconds(Int64(Double.random(in: 0...1) * nanoseconds / 16))
  }
}
