/// What one registry holds and takes, so that no client can exhaust it.
public struct RegistryLimits: Sendable {
  public var instances = 50_000
  public var instancesPerService = 10_000
  public var nodes = 10_000
  /// Checks of one instance, or of one node.
  public var checksPerOwner = 64
  /// Of what a check says, this much is kept.
  public var checkOutputBytes = 4 << 10
  /// Checks that run at the same time.
  public var concurrentChecks = 64
  /// Changes that a watcher may lag behind before it gets a snapshot instead.
  public var loggedChanges = 10_000
  /// The same in bytes of the logged instances.
  public var loggedBytes = 32 << 20
  /// Writes that wait for their commit.
  public var queuedCommands = 20_000
  /// Commands and bytes in one transaction.
  public var commandsPerCommit = 1_024
  public var bytesPerCommit = 8 << 20
  public var heartbeatsPerRequest = 1_000
  /// 3 MiB leaves room for the rest of a 4 MiB message.
  public var descriptorSetBytes = 3 << 20
  public var descriptorSets = 4_096
  public var descriptorSetsTotalBytes = 512 << 20
  /// Content of one watch message, roughly; one instance may exceed it.
  public var watchMessageBytes = 512 << 10
  public var watchMessageChanges = 1_024
  public var watchers = 10_000
  /// Keys, the bytes of one name and of one value (Consul's limit), and roughly the bytes of all together.
  public var keys = 1_000_000
  public var keyBytes = 4_096
  public var valueBytes = 512 << 10
  public var keyValueBytes = 1 << 30
  /// Removed keys that are remembered one by one.
  public var tombstones = 16_384
  /// Operations of one transaction and roughly their bytes together.
  public var transactionOperations = 64
  public var transactionBytes = 2 << 20
  public var sessions = 50_000
  public var accessTokens = 20_000
  public var accessPolicies = 2_000
  public var accessBindings = 2_000

  public init() {}
}
