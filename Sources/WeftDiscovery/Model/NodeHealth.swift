/// Why a node is not well, as the instances on it are told.
///
/// The meaning and the limits of each field are those of `weft.registry.v1.NodeHealth`.
public struct NodeHealth: Sendable, Hashable {
  public var status: HealthStatus
  /// Nil when the node is in maintenance.
  public var checkID: String?
  /// What the check said when it came to this, or the reason for the maintenance.
  public var reason: String
  /// Since 1970-01-01T00:00:00Z, to the millisecond.
  public var since: Duration

  public init(status: HealthStatus, checkID: String?, reason: String, since: Duration) {
    self.status = status
    self.checkID = checkID
    self.reason = reason
    self.since = since
  }

  /// Bytes of a reason: many instances carry it.
  public static let reasonBytes = 256
}

extension Node {
  /// What the instances on it are told; nil while it is well.
  ///
  /// Of several checks that are equally bad the oldest counts, so that another one that follows changes nothing for
  /// the instances.
  public var health: NodeHealth? {
    if let maintenance {
      return NodeHealth(
        status: .critical, checkID: nil, reason: maintenance.reason.clipped(to: NodeHealth.reasonBytes),
        since: maintenance.since)
    }
    let ill = checks.filter { $0.state.status != .passing }
    let worst = ill.min { a, b in
      a.state.status == b.state.status
        ? (a.state.changedAt, a.id) < (b.state.changedAt, b.id) : a.state.status > b.state.status
    }
    return worst.map { check in
      NodeHealth(
        status: check.state.status, checkID: check.id,
        reason: check.state.output.clipped(to: NodeHealth.reasonBytes), since: check.state.changedAt)
    }
  }
}

extension String {
  /// Its beginning, in at most so many bytes of UTF-8, cut between characters.
  package func clipped(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: max(0, limit))
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
