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
      return resolverFailed(
        """
        the scheme "\(target.scheme)" is none of \(knownSchemes.joined(separator: ", ")); a target without a scheme \
        is host:port
        """)
    }
    let request = ResolverRequest(target: target, refreshes: refreshes)
    // Keeps the channel's core until the shutdown cancels it. Nothing here is weak: counting the references of an
    // object that has weak ones is slow, and calls count those of cores and subchannels.
    let task = Task {
      var hasSpoken = false
      for await resolution in resolver.resolve(request) {
        if Task.isCancelled { return }
        hasSpoken = true
        switch resolution {
        case .endpoints(let endpoints): self.replace(endpoints)
        case .failed(let reason): self.resolverFailed(reason)
        }
      }
      // A resolver that is cancelled ends as well.
      if !Task.isCancelled, !hasSpoken { self.resolverFailed("the resolver found no address") }
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

  private var knownSchemes: [String] {
    ListResolver.schemes.union(["dns"]).union(options.resolvers.keys).sorted()
  }

  private func replace(_ endpoints: [Endpoint]) {
    var seen: Set<Endpoint> = []
    let listed = endpoints.filter { seen.insert($0.identity).inserted }
    // Made with the lock open, because that asks the policies.
    let missing = state.withLock { state in listed.filter { state.subchannels[$0.identity] == nil } }
    let made = missing.map { makeSubchannel($0) }
    let (kept, removed) = state.withLock { state -> ([Subchannel], [Subchannel]) in
      if state.isShutDown || state.isIdle { return ([], made) }
      let isNews = state.listed != listed
      let order = isNews ? arranged(listed) : state.order
      let kept = order.compactMap { state.subchannels[$0.identity] }
      var removed: [Subchannel] = []
      for subchannel in made {
        // A resolver of before a rest may have been as fast.
        if let other = state.subchannels.updateValue(subchannel, forKey: subchannel.endpoint.identity) {
          removed.append(other)
        }
      }
      for (identity, subchannel) in state.subchannels where !seen.contains(identity) {
        removed.append(subchannel)
        state.subchannels[identity] = nil
      }
      if isNews {
        let chosen = state.pickFirst.chosen.flatMap { index -> Int? in
          guard state.order.indices.contains(index) else { return nil }
          let identity = state.order[index].identity
          return order.firstIndex { $0.identity == identity }
        }
        if chosen != nil || !state.pickFirst.isResting { state.pickFirst.begin(chosen: chosen) }
        state.ring = nil
      }
      state.isResolved = true
      state.resolverError = nil
      state.order = order
      state.listed = listed
      return (isNews ? kept : [], removed)
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
    let gate = gates?.gate(for: endpoint) { self.gateChanged() }
    return Subchannel(
      endpoint: endpoint, options: options, tls: tls, group: group, reconnects: balancing.connectsToAll,
      keepalive: keepalive,
      gate: gate
    ) { event in
      switch event {
      case .changed: self.update()
      case .lost:
        self.refreshAddresses()
        self.update()
      case .room: self.roomWasMade()
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
