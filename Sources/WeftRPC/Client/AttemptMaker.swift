import NIOCore
import Synchronization
import WeftHTTP2

/// Makes the attempts at a channel's calls.
final class AttemptMaker: Sendable {
  let core: ChannelCore
  private let methods: ChannelMethods
  private let budget: RetryBudget?

  init(core: ChannelCore) {
    self.core = core
    let config = core.options.serviceConfig
    methods = ChannelMethods(config, metrics: core.metrics)
    budget = (config.retryThrottling ?? core.options.retry.throttling).map(RetryBudget.init)
  }

  func plan(_ method: MethodPath, _ options: CallOptions) -> CallPlan {
    CallPlan(method, options, methods.method(method.path), core.options)
  }

  func retryState(_ plan: CallPlan) -> RetryState {
    RetryState(policy: plan.retry, transparent: core.options.retry, budget: budget, deadline: plan.deadline)
  }

  var allowsHedges: Bool { budget?.allows ?? true }

  /// A place for an attempt, which ``make(_:previousAttempts:on:observer:)`` must be given.
  ///
  /// - Throws: ``CallFailure``, or `CancellationError`.
  func pick(_ plan: CallPlan, avoiding failed: [Subchannel]) async throws -> Pick {
    do {
      return try await core.pick(
        PickRequest(
          avoiding: failed, waitForReady: plan.waitForReady, deadline: plan.deadline,
          hash: core.hash(for: plan.options)))
    } catch let error as RPCError {
      // There was no connection. For calls that may be repeated that is one attempt.
      throw CallFailure(
        error: error, isUnprocessed: false, hasReply: false, isFromServer: false,
        isRefusal: core.gates != nil && core.isRefusedByGates)
    }
  }

  /// An attempt that is ready to be started, and its head.
  ///
  /// - Parameter previousAttempts: that the server may have seen.
  func make(
    _ plan: CallPlan, previousAttempts: Int, on pick: Pick, observer: (any CallAttemptObserver)? = nil
  ) -> (CallAttempt, HTTP2Head) {
    let connection = pick.connection
    let endpoint = pick.subchannel.endpoint
    let metrics = plan.shared.metrics.attempts
    metrics.started()
    let start = NIODeadline.now()
    let span = plan.span?.client(plan.method.path)
    let attempt = CallAttempt(
      method: plan.method, connection: connection, maxMessageBytes: plan.maxResponseBytes,
      windowSize: core.options.http.streamWindow, observer: observer,
      recorder: core.options.binaryLog?.recorder(for: plan.method.path, .client)
    ) { failure, traffic in
      pick.ended(failure)
      let nanoseconds = metrics.ended(failure?.error.code ?? .ok, since: start, traffic)
      connection.record.calls.ended(failure == nil, traffic, since: start, nanoseconds)
      span?.callEnded(failure?.error.code ?? .ok, failure?.error.message ?? "", peer: endpoint.text)
    }
    var head = HTTP2Head(
      method: "POST", scheme: connection.isTLS ? "https" : "http",
      authority: core.options.authority ?? endpoint.callAuthority, path: plan.method.path,
      fields: Self.requestHead)
    if let deadline = plan.deadline { head.fields.add("grpc-timeout", GRPCTimeout.format(deadline - .now)) }
    if previousAttempts > 0 { head.fields.add("grpc-previous-rpc-attempts", String(previousAttempts)) }
    if plan.encoding != .identity { head.fields.add("grpc-encoding", plan.encoding.rawValue) }
    for entry in plan.options.metadata { head.fields.add(entry.key, entry.value) }
    span?.trace.add(to: &head.fields)
    return (attempt, head)
  }

  static let requestHead: HTTPFields = [
    "content-type": "application/grpc", "te": "trailers", "user-agent": "grpc-weft/0.1",
    "grpc-accept-encoding": MessageEncoding.accepted,
  ]
}
