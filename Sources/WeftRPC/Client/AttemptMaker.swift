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
    methods = ChannelMethods(config, metrics: core.metrics, interceptors: core.options.interceptors)
    budget = (config.retryThrottling ?? core.options.retry.throttling).map(RetryBudget.init)
  }

  /// Those around a method's calls, outermost first.
  func interceptors(of method: MethodPath) -> [any ClientInterceptor] {
    core.options.interceptors.isEmpty ? [] : methods.method(method).interceptors
  }

  func plan(_ method: MethodPath, _ options: CallOptions) -> CallPlan {
    CallPlan(methods.method(method), options, core)
  }

  /// Not part of the plan, which most calls carry and few retry.
  func retryState(_ plan: CallPlan) -> RetryState {
    let policy = plan.shared.config?.retry ?? (plan.method.idempotency.allowsRetry ? core.options.retry : nil)
    return RetryState(
      policy: policy, transparent: core.options.retry, budget: budget, deadline: plan.deadline)
  }

  var allowsHedges: Bool { budget?.allows ?? true }

  /// A place for a first attempt, when there is a connection that takes it, as nearly always.
  func pickNow(_ plan: CallPlan) -> Pick? { core.pickNow(request(plan, avoiding: [])) }

  private func request(_ plan: CallPlan, avoiding failed: [Subchannel]) -> PickRequest {
    PickRequest(avoiding: failed, waitForReady: plan.waitForReady, deadline: plan.deadline, hash: plan.hash)
  }

  /// A place for an attempt, which ``make(_:previousAttempts:on:observer:)`` must be given.
  ///
  /// - Throws: ``CallFailure``, or `CancellationError`.
  nonisolated(nonsending) func pick(_ plan: CallPlan, avoiding failed: [Subchannel]) async throws -> Pick {
    do {
      return try await core.pick(request(plan, avoiding: failed))
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
    var head = Self.usualHead(plan, on: pick)
    for field in Self.fields(plan, previousAttempts, span) ?? HTTPFields() {
      head.fields.add(field.name, field.value)
    }
    return (attempt, head)
  }

  /// What every attempt at a method sends to an address.
  static func usualHead(_ plan: CallPlan, on pick: Pick) -> HTTP2Head {
    HTTP2Head(
      method: "POST", scheme: pick.connection.isTLS ? "https" : "http",
      authority: pick.subchannel.options.authority ?? pick.subchannel.endpoint.callAuthority,
      path: plan.method.path, fields: Self.requestHead)
  }

  /// What an attempt sends besides; nil for nothing.
  static func fields(_ plan: CallPlan, _ previousAttempts: Int, _ span: CallSpan?) -> HTTPFields? {
    if plan.deadline == nil, previousAttempts == 0, plan.encoding == .identity, plan.metadata.isEmpty,
      span == nil
    {
      return nil
    }
    var fields = HTTPFields()
    if let deadline = plan.deadline { fields.add("grpc-timeout", GRPCTimeout.format(deadline - .now)) }
    if previousAttempts > 0 { fields.add("grpc-previous-rpc-attempts", String(previousAttempts)) }
    if plan.encoding != .identity { fields.add("grpc-encoding", plan.encoding.rawValue) }
    for entry in plan.metadata { fields.add(entry.key, entry.value) }
    span?.trace.add(to: &fields)
    return fields
  }

  /// An attempt at a unary call succeeded.
  func succeeded() { budget?.succeeded() }

  static let requestHead: HTTPFields = [
    "content-type": "application/grpc", "te": "trailers", "user-agent": "grpc-weft/0.1",
    "grpc-accept-encoding": MessageEncoding.accepted,
  ]
}
