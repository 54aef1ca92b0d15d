import NIOCore
import WeftHTTP2

/// The task that runs the handler.
extension ServerCall {
  private var executor: (any TaskExecutor)? {
    entry.execution == .eventLoop ? connection.loop : globalConcurrentExecutor
  }

  /// The short way of most calls: as few closures and awaits as can be.
  func runUnary() {
    if scope.deadline == nil, core.interceptors.isEmpty {
      // Detached: there is nothing to inherit on a loop, and asking costs time.
      task = Task.detached(executorPreference: executor) { [self] in
        do { try await replyUnary() } catch { failed(error) }
      }
    } else {
      run { try await $0.replyUnary() }
    }
  }

  private func replyUnary() async throws {
    // Set before the task was made and never changed after that.
    guard let unaryReply else { return }
    let reply = try await unaryReply(ServerContext(call: self))
    if isOnLoop { finish(reply) } else { finishFromElsewhere(reply) }
  }

  @inline(never)
  private func finishFromElsewhere(_ reply: ByteBuffer) {
    connection.loop.eventLoop.execute { self.finish(reply) }
  }

  func run(_ body: @escaping @Sendable (ServerCall) async throws -> Void) {
    task = Task.detached(executorPreference: executor) { [self] in
      do {
        try await CallScope.$current.withValue(scope) { try await intercepted(0, body) }
      } catch {
        failed(error)
      }
    }
  }

  private func failed(_ error: any Error) {
    let failure = RPCError(handlerError: error)
    if failure.code == .unknown { core.report(error, in: self) }
    onLoop { $0.end(failure) }
  }

  private func intercepted(
    _ index: Int, _ body: @escaping @Sendable (ServerCall) async throws -> Void
  ) async throws {
    guard core.interceptors.indices.contains(index) else { return try await body(self) }
    try await core.interceptors[index].intercept(ServerContext(call: self)) {
      try await intercepted(index + 1, body)
    }
  }

  private var isOnLoop: Bool { connection.loop.eventLoop.inEventLoop }

  @inline(__always)
  func onLoop(_ body: @escaping @Sendable (ServerCall) -> Void) {
    if isOnLoop { body(self) } else { connection.loop.eventLoop.execute { body(self) } }
  }

  func startTimer(_ timeout: Duration) {
    timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [weak self] in
      self?.end(RPCError(.deadlineExceeded, "the caller's deadline passed"))
    }
  }
}
