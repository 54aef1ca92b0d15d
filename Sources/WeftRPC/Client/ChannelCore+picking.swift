import NIOCore
import Synchronization

/// From calls to connections.
extension ChannelCore {
  /// What is to be hashed for a call, where calls are spread by hash.
  func hash(for options: CallOptions) -> UInt64? {
    guard let header = hashedHeader else { return nil }
    if let key = options.hashKey { return XXHash64.hash(key) }
    if header.isEmpty { return nil }
    let values = options.metadata.values(for: header.lowercased())
    return values.isEmpty ? nil : XXHash64.hash(values.joined(separator: ","))
  }

  /// A place on a connection that is there, which the caller gives back by ``Pick/ended(_:)``.
  func pickNow(_ request: PickRequest) -> Pick? {
    let picker = state.withLock { $0.picker }
    if case .pick(let pick) = picker.pick(request, nextTurn) { return pick }
    return nil
  }

  /// A place on a connection; waits while one is being made, or while all are full. The caller must call
  /// ``Pick/ended(_:)`` once.
  ///
  /// - Throws: ``RPCError``: UNAVAILABLE that says which address failed, why and how often;
  ///   DEADLINE_EXCEEDED that says what was waited for; CANCELLED.
  func pick(_ request: PickRequest) async throws -> Pick {
    var number: Int?
    while true {
      let (picker, generation) = state.withLock { ($0.picker, $0.generation) }
      let outcome = picker.pick(request, nextTurn)
      if case .pick(let pick) = outcome { return pick }
      do throws(RPCError) {
        try prepare(for: outcome, request)
        if let deadline = request.deadline, deadline <= .now {
          throw RPCError(.deadlineExceeded, "the deadline passed before there was a connection: \(summary())")
        }
        if Task.isCancelled { throw RPCError(.cancelled, "the call was cancelled") }
      } catch {
        // It may have been woken for a place that it does not take.
        if number != nil { roomWasMade() }
        throw error
      }
      let isAgain = number != nil
      let ticket = number ?? state.withLock { $0.calls.makeNumber() }
      number = ticket
      var forRoom = false
      if case .full = outcome { forRoom = true }
      await wait(ticket, since: generation, request, forRoom: forRoom, again: isAgain)
    }
  }

  // MARK: Deciding

  /// Sees to it that there will be a connection.
  ///
  /// - Throws: why there will be none soon, unless the call waits for ready.
  private func prepare(for outcome: Picker.Outcome, _ request: PickRequest) throws(RPCError) {
    let seen = state.withLock { state in Snapshot(state) }
    if seen.isShutDown { throw RPCError(.unavailable, "the channel to \(target) was shut down") }
    if seen.isIdle { return wake() }
    switch outcome {
    case .full(let subchannels): for subchannel in subchannels { subchannel.grow() }
    case .connect(let subchannel): subchannel.connect()
    case .pick: break
    case .refused(let refused) where balancing.isPickFirst && refused.contains(where: \.isRefusedForGood):
      update(.call)
    case .refused, .none:
      if seen.mayWake(balancing) { return wake() }
      if !request.waitForReady, let failure = failure(seen) { throw failure }
    }
  }

  /// What a decision needs of the state. Gates must not be asked while it is locked.
  private struct Snapshot {
    var isShutDown: Bool
    var isIdle: Bool
    var isResolved: Bool
    var resolverError: String?
    /// Pick-first waits for a call.
    var isResting: Bool
    var subchannels: [Subchannel]

    init(_ state: State) {
      isShutDown = state.isShutDown
      isIdle = state.isIdle
      isResolved = state.isResolved
      resolverError = state.resolverError
      isResting = state.pickFirst.isResting && state.pickFirst.chosen == nil
      subchannels = Array(state.subchannels.values)
    }

    /// Whether a call may bring connections about that nobody makes without one.
    func mayWake(_ balancing: LoadBalancingPolicy) -> Bool {
      if balancing.isPickFirst { return isResting && !subchannels.isEmpty }
      return balancing.connectsToAll && subchannels.contains { $0.status.isIdle }
    }
  }

  /// Leaves a state in which nothing is connected until there is a call.
  func wake() {
    start()
    let isAsleep = state.withLock { $0.isResolved && !$0.order.isEmpty }
    if isAsleep { update(.call) }
  }

  /// Why there is no connection and will be none soon; nil while there is hope.
  private func failure(_ seen: Snapshot) -> RPCError? {
    if let tlsError { return RPCError(.unavailable, "TLS cannot be used: \(tlsError)") }
    if let error = seen.resolverError { return RPCError(.unavailable, "\(target): \(error)") }
    if !seen.isResolved { return nil }
    if seen.subchannels.isEmpty { return RPCError(.unavailable, "\(target) has no address") }
    var reasons: [String] = []
    for subchannel in seen.subchannels {
      switch subchannel.status {
      case .failed(let failure): reasons.append("\(subchannel.endpoint.text): \(failure.text)")
      case .idle, .connecting: return nil
      case .ready:
        // It became ready just now, or its gate admits no call.
        guard let refusal = subchannel.gate?.refusal, !refusal.isPending else { return nil }
        reasons.append("\(subchannel.endpoint.text): \(refusal.reason)")
      }
    }
    // Nobody asked for the port that the reasons name.
    let port = target.scheme == "dns" && HostPort(target.endpoint)?.port == nil
    let hint = port ? " (port \(DNSResolver.defaultPort), because it names none)" : ""
    return RPCError(.unavailable, "no connection to \(target)\(hint): " + Self.list(reasons))
  }

  private func summary() -> String {
    let seen = state.withLock { state in Snapshot(state) }
    if seen.isIdle { return "\(target) rests" }
    if !seen.isResolved { return "\(target) is not resolved: \(seen.resolverError ?? "still looking")" }
    if seen.subchannels.isEmpty { return "\(target) has no address" }
    return Self.list(seen.subchannels.map { "\($0.endpoint.text): \($0.statusText)" })
  }

  private static let namedAddresses = 5

  private static func list(_ reasons: [String]) -> String {
    let more = reasons.count - namedAddresses
    return reasons.sorted().prefix(namedAddresses).joined(separator: "; ")
      + (more > 0 ? "; and \(more) more" : "")
  }

  // MARK: Waiting

  private func wait(
    _ number: Int, since generation: Int, _ request: PickRequest, forRoom: Bool, again: Bool
  ) async {
    var timer: Scheduled<Void>?
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if forRoom { waitingForRoom.wrappingAdd(1, ordering: .sequentiallyConsistent) }
        let isWaiting = state.withLock { state in
          // Something may have changed between the decision and now.
          if Task.isCancelled || state.isShutDown || state.generation != generation { return false }
          state.calls.add(number, continuation, forRoom: forRoom, again: again)
          return true
        }
        if !isWaiting { return continuation.resume() }
        // Not before the wait has begun, which it could not end otherwise.
        timer = request.deadline.map { deadline in
          group.any().scheduleTask(in: TimeAmount(max(deadline - .now, .zero))) { self.stopWaiting(number) }
        }
        // A place that was made before this call could be seen to wait for one.
        if forRoom, state.withLock({ $0.picker }).hasRoom { stopWaiting(number) }
      }
    } onCancel: {
      stopWaiting(number)
    }
    timer?.cancel()
    if forRoom { waitingForRoom.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
  }

  private func stopWaiting(_ number: Int) {
    state.withLock { $0.calls.remove(number) }?.resume()
  }

  /// A call ended on a full connection, or its server allows more: the oldest that waits may try.
  func roomWasMade() {
    if waitingForRoom.load(ordering: .sequentiallyConsistent) == 0 { return }
    let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      // Calls with a hash wait for one certain address each.
      if state.ring != nil { return state.calls.removeAll() }
      return state.calls.removeFirstForRoom().map { [$0] } ?? []
    }
    for continuation in woken { continuation.resume() }
  }
}

extension Subchannel {
  /// For people.
  fileprivate var statusText: String {
    switch status {
    case .idle: "not connected"
    case .connecting: "connecting, no answer yet"
    case .failed(let failure): failure.text
    case .ready:
      gate?.refusal?.reason
        ?? "\(connections.count) connection\(connections.count == 1 ? "" : "s") with \(callCount) calls"
    }
  }
}
