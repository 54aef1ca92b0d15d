import WeftRPC

/// The task that sends, while there is anybody to send for.
extension HeartbeatSender {
  /// The call had worked and does no more: perhaps it was cut long ago, and whoever waits is none the worse.
  private struct CallWasCut: Error {}

  /// Half of what a registry takes in one message.
  private static let batchLimit = 500

  func run() async {
    while await waitForWork(orEnd: true) {
      do {
        if state.withLock(\.usesSingleHeartbeats) {
          try await serve { [client] in try await client.heartbeat($0) }
        } else {
          try await client.withHeartbeatStream { stream in
            try await serve { try await stream.send($0) }
          }
        }
      } catch is CallWasCut {
        // The next call takes over.
      } catch {
        await fail(error)
      }
    }
  }

  /// Sends batch after batch until one fails or everybody has left.
  private func serve(_ send: ([InstanceKey]) async throws -> [InstanceKey]) async throws {
    var hasSent = false
    while await waitForWork(orEnd: false) {
      let keys = nextBatch()
      do {
        settle(keys, unknown: try await send(keys))
        hasSent = true
      } catch {
        throw hasSent && !Self.isRefusal(error) ? CallWasCut() : error
      }
    }
  }

  /// Suspends until a heartbeat is due; false when everybody has left.
  /// - Parameter ends: whether the task is over then.
  private func waitForWork(orEnd ends: Bool) async -> Bool {
    while true {
      let hasWork = state.withLock { state -> Bool? in
        if !state.waiting.isEmpty { return true }
        guard state.members.isEmpty else { return nil }
        if ends { state.isRunning = false }
        return false
      }
      if let hasWork { return hasWork }
      await withCheckedContinuation { continuation in
        let mustGoOn = state.withLock { state in
          if !state.waiting.isEmpty || state.members.isEmpty { return true }
          state.parked = continuation
          return false
        }
        if mustGoOn { continuation.resume() }
      }
    }
  }

  /// Those whose heartbeat is due, and as many as there is room for of those whose will be soon.
  private func nextBatch() -> [InstanceKey] {
    let now = clock.now
    return state.withLock { state in
      var keys = Array(state.waiting.keys.prefix(Self.batchLimit))
      for (key, member) in state.members where keys.count < Self.batchLimit {
        if state.waiting[key] == nil, !member.isUnknown, member.isDueSoon(at: now) { keys.append(key) }
      }
      return keys
    }
  }

  private func settle(_ keys: [InstanceKey], unknown: [InstanceKey]) {
    let now = clock.now
    let unknown = Set(unknown)
    let answered = state.withLock { state in
      keys.compactMap { key in
        state.members[key]?.hasBeaten(at: now)
        if unknown.contains(key) { state.members[key]?.isUnknown = true }
        return state.waiting.removeValue(forKey: key)
      }
    }
    for continuation in answered { continuation.resume() }
  }

  private func fail(_ error: any Error) async {
    if (error as? RPCError)?.code == .unimplemented, !state.withLock(\.usesSingleHeartbeats) {
      state.withLock { $0.usesSingleHeartbeats = true }
      return
    }
    let waiting = state.withLock { state in
      // Who comes back after this may be a newer registry.
      state.usesSingleHeartbeats = false
      return Array(state.waiting.keys)
    }
    guard Self.isRefusal(error) else { return fail(waiting, error) }
    // One that may not be renewed must not keep the others from it.
    for key in waiting {
      do {
        settle([key], unknown: try await client.heartbeat([key]))
      } catch {
        fail([key], error)
      }
    }
  }

  private func fail(_ keys: [InstanceKey], _ error: any Error) {
    let failed = state.withLock { state in keys.compactMap { state.waiting.removeValue(forKey: $0) } }
    for continuation in failed { continuation.resume(throwing: error) }
  }

  /// Whether it is one of the instances that the registry objects to.
  private static func isRefusal(_ error: any Error) -> Bool {
    guard let code = (error as? RPCError)?.code else { return false }
    return [.invalidArgument, .permissionDenied, .unauthenticated].contains(code)
  }
}
