/// From a target to subchannels.
extension ChannelCore {
  /// Begins to resolve and connect, unless that was done before.
  func start() {
    let (refreshes, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let isNew = state.withLock { state in
      guard state.isIdle, !state.isShutDown else { return false }
      state.isIdle = false
      state.refresh = continuation
      state.pickFirst.begin()
      return true
    }
    guard isNew else { return }
    scheduleIdleCheck()
    guard let resolver = makeResolver() else {
      return resolverFailed("no resolver for the scheme \"\(target.scheme)\" was given to the channel")
    }
    let request = ResolverRequest(target: target, refreshes: refreshes)
    let task = Task { [weak self] in
      for await resolution in resolver.resolve(request) {
        if Task.isCancelled { return }
        switch resolution {
        case .endpoints(let endpoints): self?.replace(endpoints)
        case .failed(let reason): self?.resolverFailed(reason)
        }
      }
      // Without effect when there was a list. A resolver that is cancelled ends as well.
      if !Task.isCancelled { self?.resolverFailed("the resolver found no address") }
    }
    let isLate = state.withLock { state in
      if state.isIdle || state.isShutDown { return true }
      state.resolver = task
      return false
    }
    if isLate { task.cancel() }
  }

  private func makeResolver() -> (any Resolver)? {
    if let resolver = options.resolvers[target.scheme] { return resolver }
    if target.scheme == "dns" { return DNSResolver(options: options.dns) }
    return ListResolver.schemes.contains(target.scheme) ? ListResolver() : nil
  }

  private func replace(_ endpoints: [Endpoint]) {
    var seen: Set<Endpoint> = []
    let listed = endpoints.filter { seen.insert($0).inserted }
    // Made with the lock open, because that asks the policies. Only this task adds any.
    let missing = state.withLock { state in listed.filter { state.subchannels[$0] == nil } }
    let made = missing.map { makeSubchannel($0) }
    let (kept, removed) = state.withLock { state -> ([Subchannel], [Subchannel]) in
      if state.isShutDown || state.isIdle { return ([], made) }
      let isNews = state.listed != listed
      let order = isNews ? arranged(listed) : state.order
      let kept = order.compactMap { state.subchannels[$0] }
      for subchannel in made { state.subchannels[subchannel.endpoint] = subchannel }
      let removed = state.subchannels.filter { !seen.contains($0.key) }
      for endpoint in removed.keys { state.subchannels[endpoint] = nil }
      if isNews {
        let chosen = state.pickFirst.chosen.flatMap { index in
          state.order.indices.contains(index) ? order.firstIndex(of: state.order[index]) : nil
        }
        if chosen != nil || !state.pickFirst.isResting { state.pickFirst.begin(chosen: chosen) }
        state.ring = nil
      }
      state.isResolved = true
      state.resolverError = nil
      state.order = order
      state.listed = listed
      return (isNews ? kept : [], Array(removed.values))
    }
    // News from a registry is a reason to try an address again that could not be reached before.
    for subchannel in kept { subchannel.connectNow() }
    for subchannel in removed { subchannel.shutdown() }
    forget(removed)
    for subchannel in made { trace.add("new address \(subchannel.endpoint.text)", child: subchannel.id) }
    update(.addresses)
  }

  private func arranged(_ endpoints: [Endpoint]) -> [Endpoint] {
    if case .pickFirst(shuffles: true) = balancing { return endpoints.shuffled() }
    return endpoints
  }

  private func makeSubchannel(_ endpoint: Endpoint) -> Subchannel {
    let gate = gates?.gate(for: endpoint) { [weak self] in self?.gateChanged() }
    return Subchannel(
      endpoint: endpoint, options: options, tls: tls, group: group, reconnects: balancing.connectsToAll,
      keepalive: keepalive,
      gate: gate
    ) {
      [weak self] event in
      switch event {
      case .changed: self?.update()
      case .lost:
        self?.refreshAddresses()
        self?.update()
      case .room: self?.roomWasMade()
      }
    }
  }

  /// An address failed: there may be others by now.
  private func refreshAddresses() {
    _ = state.withLock { $0.refresh }?.yield()
  }

  func resolverFailed(_ reason: String) {
    trace.add("resolving failed: \(reason)", .ctWarning)
    options.logger.debug("resolving failed", metadata: ["target": "\(target)", "reason": "\(reason)"])
    state.withLock { state in
      if !state.isResolved { state.resolverError = reason }
    }
    update()
  }
}
