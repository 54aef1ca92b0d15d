import WeftRPC

/// What a registry tells about itself on `/metrics`.
///
/// Sizes and counts are copied from ``RegistryStatistics`` with every look at the leases, so that the hot paths
/// touch nothing but their own counters under the lock they hold anyway.
struct RegistryMetrics: Sendable {
  let commitDuration: MetricHistogram
  private let revision: MetricGauge
  private let instances: MetricGauge
  private let services: MetricGauge
  private let watchers: MetricGauge
  private let descriptorSets: MetricGauge
  private let nodes: MetricGauge
  private let checks: MetricGauge
  private let protectedInstances: MetricGauge
  private let queue: MetricGauge
  private let keys: MetricGauge
  private let keyBytes: MetricGauge
  private let sessions: MetricGauge
  private let auditFailing: MetricGauge
  private let limitedRequests: MetricCounter
  private let heartbeats: MetricCounter
  private let commits: MetricCounter
  private let failedCommits: MetricCounter
  private let commands: MetricCounter
  private let expirations: MetricCounter

  init(_ metrics: MetricsRegistry) {
    commitDuration = metrics.histogram(
      "weft_registry_commit_duration_seconds", help: "Time until a transaction was durable.")
    revision = metrics.gauge("weft_registry_revision", help: "Revision of the catalogue.")
    instances = metrics.gauge("weft_registry_instances", help: "Registered instances.")
    services = metrics.gauge("weft_registry_services", help: "Services with at least one instance.")
    watchers = metrics.gauge("weft_registry_watchers", help: "Open watches.")
    descriptorSets = metrics.gauge("weft_registry_descriptor_sets", help: "Stored descriptor sets.")
    nodes = metrics.gauge("weft_registry_nodes", help: "Nodes, the registry's own included.")
    checks = metrics.gauge("weft_registry_checks", help: "Checks that the registry runs.")
    protectedInstances = metrics.gauge(
      "weft_registry_protected_instances", help: "Silent instances that stay because too many fell silent.")
    queue = metrics.gauge("weft_registry_queued_writes", help: "Writes that wait for their transaction.")
    keys = metrics.gauge("weft_registry_keys", help: "Keys with a value.")
    keyBytes = metrics.gauge("weft_registry_key_bytes", help: "Roughly what keys and values take.")
    sessions = metrics.gauge("weft_registry_sessions", help: "Sessions that have not ended.")
    auditFailing = metrics.gauge(
      "weft_registry_audit_failing", help: "1 while the audit log cannot be written.")
    limitedRequests = metrics.counter(
      "weft_registry_limited_requests_total", help: "Requests of clients that made too many.")
    heartbeats = metrics.counter("weft_registry_heartbeats_total", help: "Leases asked to be renewed.")
    commits = metrics.counter("weft_registry_commits_total", help: "Transactions that were stored.")
    failedCommits = metrics.counter(
      "weft_registry_failed_commits_total", help: "Transactions that could not be stored.")
    commands = metrics.counter("weft_registry_committed_writes_total", help: "Writes in stored transactions.")
    expirations = metrics.counter("weft_registry_expirations_total", help: "Leases that ran out.")
  }

  func publish(_ now: RegistryStatistics, since last: RegistryStatistics) {
    revision.set(Int(clamping: now.revision))
    instances.set(now.instances)
    services.set(now.services)
    watchers.set(now.watchers)
    descriptorSets.set(now.descriptorSets)
    nodes.set(now.nodes)
    checks.set(now.checks)
    protectedInstances.set(now.protectedInstances)
    queue.set(now.queuedCommands)
    keys.set(now.keys)
    keyBytes.set(now.keyBytes)
    sessions.set(now.sessions)
    auditFailing.set(now.isAuditFailing ? 1 : 0)
    limitedRequests.add(Int(now.limitedRequests - last.limitedRequests))
    heartbeats.add(Int(now.heartbeats - last.heartbeats))
    commits.add(Int(now.commits - last.commits))
    failedCommits.add(Int(now.failedCommits - last.failedCommits))
    commands.add(Int(now.committedCommands - last.committedCommands))
    expirations.add(Int(now.expirations - last.expirations))
  }
}
