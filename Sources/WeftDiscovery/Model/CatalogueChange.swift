/// One change of the catalogue. Changes that were made together have one revision, above that of those before.
public struct CatalogueChange: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The instance came or changed; this is how it is now.
    case put(ServiceInstance)
    /// The instance went.
    case removed(InstanceKey)
  }

  public var revision: UInt64
  public var kind: Kind

  public init(revision: UInt64, kind: Kind) {
    self.revision = revision
    self.kind = kind
  }

  public var key: InstanceKey {
    switch kind {
    case .put(let instance): instance.key
    case .removed(let key): key
    }
  }
}

/// Where a watcher stands: a revision, and the history that the revision belongs to.
///
/// A registry that starts on an empty store begins a new history. Revisions of different histories say
/// nothing about each other, so a position in a foreign history is answered with a snapshot.
public struct WatchPosition: Sendable, Hashable {
  public var history: String
  public var revision: UInt64

  public init(history: String = "", revision: UInt64 = 0) {
    self.history = history
    self.revision = revision
  }

  /// Knows nothing yet: the answer begins with a snapshot.
  public static let start = WatchPosition()
}

/// One message of a watch.
public struct WatchUpdate: Sendable, Hashable {
  /// The receiver is up to date to here once this message (and, while ``snapshotContinues``, those after
  /// it) is applied.
  public var position: WatchPosition
  /// Where the receiver must have been before, for the changes to be all that it missed. Without meaning in
  /// a snapshot.
  public var after: UInt64
  /// When set, all earlier state is to be forgotten and replaced by this.
  public var snapshot: [ServiceInstance]?
  /// More of the same snapshot follows in the next message; only whole snapshots replace state.
  public var snapshotContinues: Bool
  /// In revision order. Never together with a snapshot.
  public var changes: [CatalogueChange]

  public init(
    position: WatchPosition, after: UInt64 = 0, snapshot: [ServiceInstance]? = nil,
    snapshotContinues: Bool = false, changes: [CatalogueChange] = []
  ) {
    self.position = position
    self.after = after
    self.snapshot = snapshot
    self.snapshotContinues = snapshotContinues
    self.changes = changes
  }
}
