import Logging
import NIOCore
import Synchronization
import WeftHTTP2

/// Asks a backend whether it serves, for as long as there is a connection (gRFC A17).
final class HealthWatch: Sendable {
  private enum Health {
    case unknown
    case serving
    case notServing(String)
  }

  private struct State {
    var health = Health.unknown
    var connections: [HTTP2ClientConnection] = []
    /// The one of them that is asked, all being of one server.
    var asked: HTTP2ClientConnection?
    var task: Task<Void, Never>?
    /// The server has answered a watch that still runs, or has none.
    var isHeard = false
    var isRemoved = false
  }

  private let policy: HealthCheckPolicy
  private let endpoint: Endpoint
  private let options: ChannelOptions
  private let state = Mutex(State())
  private let serving = Atomic<Bool>(false)
  private let onChange: @Sendable () -> Void

  init(
    _ policy: HealthCheckPolicy, endpoint: Endpoint, options: ChannelOptions,
    onChange: @escaping @Sendable () -> Void
  ) {
    self.policy = policy
    self.endpoint = endpoint
    self.options = options
    self.onChange = onChange
  }

  var isServing: Bool { serving.load(ordering: .relaxed) }

  var refusal: GateRefusal? {
    switch state.withLock({ $0.health }) {
    case .serving: nil
    case .unknown: GateRefusal(isPending: true, reason: "its health is not known yet")
    case .notServing(let reason): GateRefusal(isPending: false, reason: reason)
    }
  }

  func connected(_ connection: HTTP2ClientConnection) {
    let old = state.withLock { state -> Task<Void, Never>? in
      if state.isRemoved { return nil }
      state.connections.append(connection)
      // A watch that has heard nothing yet, or waits after it failed, may be on a connection that is gone.
      return state.isHeard ? nil : begin(&state, on: connection)
    }
    old?.cancel()
  }

  func lost(_ connection: HTTP2ClientConnection) {
    let old = state.withLock { state -> Task<Void, Never>? in
      state.connections.removeAll { $0 === connection }
      guard let other = state.connections.last else { return stop(&state) }
      return state.asked === connection ? begin(&state, on: other) : nil
    }
    old?.cancel()
  }

  func removed() {
    let old = state.withLock { state in
      state.isRemoved = true
      state.connections = []
      return stop(&state)
    }
    old?.cancel()
  }

  /// - Returns: the task that is replaced. It must be cancelled once the lock is open.
  private func begin(_ state: inout State, on connection: HTTP2ClientConnection) -> Task<Void, Never>? {
    let old = state.task
    state.asked = connection
    state.isHeard = false
    state.task = Task { await self.run(on: connection) }
    return old
  }

  private func stop(_ state: inout State) -> Task<Void, Never>? {
    let old = state.task
    state.task = nil
    state.asked = nil
    state.isHeard = false
    state.health = .unknown
    serving.store(false, ordering: .relaxed)
    return old
  }

  // MARK: Watching

  private func run(on connection: HTTP2ClientConnection) async {
    var failures = 0
    while !Task.isCancelled {
      var heard = false
      let failure = await watch(on: connection) { heard = true }
      if Task.isCancelled { return }
      if failure.code == .unimplemented {
        // Every backend may be called that knows no health checks.
        options.logger.warning(
          "health checks are configured, but the server has none",
          metadata: ["address": "\(endpoint.text)", "error": "\(failure)"])
        return set(.serving)
      }
      set(.notServing("its health cannot be watched: \(failure)"), isHeard: false)
      failures = heard ? 1 : failures + 1
      do { try await Task.sleep(for: options.backoff.delay(afterFailure: failures)) } catch { return }
    }
  }

  /// Watches until the watch ends.
  private func watch(on connection: HTTP2ClientConnection, _ heard: () -> Void) async -> RPCError {
    let attempt = CallAttempt(
      method: Self.method.untyped, connection: connection,
      maxMessageBytes: CallPlan.defaultMaxResponseBytes, windowSize: options.http.streamWindow
    ) { _, _ in }
    let head = HTTP2Head(
      method: "POST", scheme: connection.isTLS ? "https" : "http",
      authority: options.authority ?? endpoint.callAuthority, path: Self.method.path,
      fields: AttemptMaker.requestHead)
    do {
      let request = Grpc_Health_V1_HealthCheckRequest.with { $0.service = policy.service }
      attempt.start(head, message: ByteBuffer(framing: try request.unframed()), deadline: nil)
      while let message = try await attempt.nextOrFailure() {
        let reply = try Grpc_Health_V1_HealthCheckResponse(received: message.unpacked())
        heard()
        set(health(reply.status))
      }
      return RPCError(.unavailable, "the server ended the watch")
    } catch {
      attempt.cancel()
      return (error as? CallFailure)?.error ?? RPCError(handlerError: error)
    }
  }

  private func health(_ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus) -> Health {
    let name = policy.service.isEmpty ? "it" : policy.service
    return switch status {
    case .serving: .serving
    case .serviceUnknown: .notServing("it has no service \"\(policy.service)\"")
    default: .notServing("it says that \(name) is not serving")
    }
  }

  private func set(_ health: Health, isHeard: Bool = true) {
    let isCurrent = state.withLock { state in
      // After a cancellation what was heard is old.
      if Task.isCancelled || state.task == nil { return false }
      state.health = health
      state.isHeard = isHeard
      if case .serving = health {
        serving.store(true, ordering: .relaxed)
      } else {
        serving.store(false, ordering: .relaxed)
      }
      return true
    }
    if isCurrent { onChange() }
  }

  private static let method = RPCMethod<
    Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse
  >(service: "grpc.health.v1.Health", name: "Watch", kind: .serverStreaming)
}
