import NIOCore
import WeftHTTP2

/// The task that runs the handler.
extension ServerCall {
  /// Has the handler run, once there is a place for it.
  func begin() {
    if place == .waiting { seekPlace() } else { run() }
  }

  /// Has the handler run where it wants to.
  func run() {
    if let executor = entry.executor {
      task = Task.detached(executorPreference: executor) { [self] in
        if let failure = await outcome() { failed(failure) }
        if entry.limits != nil { onLoop { $0.givePlaceBack() } }
      }
    } else {
      connection.loop.start(self)
    }
  }

  /// Runs the handler.
  ///
  /// - Returns: what it threw.
  private nonisolated(nonsending) func outcome() async -> (any Error)? {
    do {
      if isPlain {
        try await replyUnary()
      } else {
        try await CallScope.$current.withValue(scope) {
          try await intercepted(0) { try await $0.serve() }
        }
      }
      return nil
    } catch {
      return error
    }
  }

  /// Most calls: nothing stands around the handler, so as few closures and awaits as can be.
  private var isPlain: Bool {
    scope.deadline == nil && scope.span == nil && requests == nil && entry.interceptors.isEmpty
  }

  private func serve() async throws {
    guard case .streaming(let handler) = entry.handler, let requests else { return try await replyUnary() }
    try await handler(requests, RawResponseWriter(call: self), ServerContext(call: self))
    onLoop { $0.end(nil) }
  }

  private nonisolated(nonsending) func replyUnary() async throws {
    // Set before the handler runs and never changed after that.
    if let unaryReply { try await unaryReply(ServerContext(call: self)) }
  }

  private func failed(_ error: any Error) {
    let failure = RPCError(handlerError: error)
    if failure.code == .unknown { core.report(error, in: self) }
    onLoop { $0.end(failure) }
  }

  private func intercepted(
    _ index: Int, _ body: @escaping @Sendable (ServerCall) async throws -> Void
  ) async throws {
    guard entry.interceptors.indices.contains(index) else { return try await body(self) }
    try await entry.interceptors[index].intercept(ServerContext(call: self)) {
      try await intercepted(index + 1, body)
    }
  }

  var isOnLoop: Bool { connection.loop.eventLoop.inEventLoop }

  @inline(__always)
  func onLoop(_ body: @escaping @Sendable (ServerCall) -> Void) {
    if isOnLoop { body(self) } else { connection.loop.eventLoop.execute { body(self) } }
  }

  /// Ends the handler's task: nobody waits for it any more.
  func cancelHandler() {
    worker?.cancel()
    worker = nil
    task?.cancel()
    task = nil
  }

  func startTimer(_ timeout: Duration) {
    timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [weak self] in
      self?.end(RPCError(.deadlineExceeded, "the caller's deadline passed"))
    }
  }
}

extension ServerCall: LoopWork {
  nonisolated(nonsending) func perform(in worker: LoopWorker) async {
    // The caller may have gone while the call waited for its turn.
    if isEnded { return givePlaceBack() }
    self.worker = worker
    worker.works(on: entry.label)
    let failure = await outcome()
    // The worker does other work next, which this call's end must not cancel.
    self.worker = nil
    if let failure { failed(failure) }
    givePlaceBack()
  }
}
