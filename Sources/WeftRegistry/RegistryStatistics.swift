/// Counts of one registry since it started, and its sizes now.
public struct RegistryStatistics: Sendable, Hashable {
  public var revision: UInt64 = 0
  public var instances = 0
  public var services = 0
  public var watchers = 0
  public var descriptorSets = 0
  public var keys = 0
  /// Roughly what keys and values take.
  public var keyBytes = 0
  public var sessions = 0
  public var tokens = 0
  /// Requests that were turned away because their client made too many.
  public var limitedRequests: UInt64 = 0
  /// Whether the audit log could not be written last.
  public var isAuditFailing = false
  public var queuedCommands = 0
  public var heartbeats: UInt64 = 0
  public var commits: UInt64 = 0
  public var failedCommits: UInt64 = 0
  /// Commands that those commits held; divided by ``commits`` it is the size of a group.
  public var committedCommands: UInt64 = 0
  public var expirations: UInt64 = 0
  public var nodes = 0
  /// Checks that the registry runs.
  public var checks = 0
  /// Instances that fell silent and stay for now, because too many did at once.
  public var protectedInstances = 0

  public init() {}
}
