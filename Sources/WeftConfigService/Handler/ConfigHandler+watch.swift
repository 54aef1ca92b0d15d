import WeftRPC

extension ConfigHandler {
  /// Watches held open at once. Each is a stream with its buffers: beyond this the process is better off refusing.
  static let maxWatchers = 10_000

  public func watchConfig(
    _ request: Weft_Config_V1_WatchConfigRequest, responses: ResponseWriter<Weft_Config_V1_Config>,
    context: ServerContext
  ) async throws {
    var violations = Violations()
    let key = violations.key(request.service, request.environment)
    try violations.throwIfAny()
    guard announcements.watcherCount < Self.maxWatchers else {
      throw RPCError(.resourceExhausted, "there are \(Self.maxWatchers) watches already; try again later")
    }

    // Subscribed before the first read: a version stored in between wakes this watch once more.
    let subscription = announcements.subscribe(key)
    defer { announcements.unsubscribe(subscription) }
    var last: UInt32 = 0
    if let newest = try await store.config(key, version: nil) {
      last = newest.version.version
      try await responses.write(Weft_Config_V1_Config(newest))
    }
    for await _ in subscription.announcements {
      // A slow reader finds several: it gets each of them, one at a time.
      while let next = try await store.next(key, after: last) {
        last = next.version.version
        try await responses.write(Weft_Config_V1_Config(next))
      }
    }
    try Task.checkCancellation()
    throw RPCError(.unavailable, "the config service is stopping; watch again")
  }
}
