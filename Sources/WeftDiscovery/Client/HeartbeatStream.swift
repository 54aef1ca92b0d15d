import WeftRPC

/// One call on which many batches of heartbeats are sent, one after the other.
public protocol HeartbeatStream: Sendable {
  /// Renews leases; returns the keys that the registry does not know. Once it has thrown the call is over.
  ///
  /// One batch at a time.
  func send(_ keys: [InstanceKey]) async throws -> [InstanceKey]
}

/// ``HeartbeatStream`` over RPC.
struct RPCHeartbeatStream: HeartbeatStream {
  let requests: RequestWriter<Weft_Registry_V1_HeartbeatStreamRequest>
  let responses: ResponseStream<Weft_Registry_V1_HeartbeatResponse>
  /// For each batch. The call itself lasts as long as its client does.
  let timeout: Duration

  func send(_ keys: [InstanceKey]) async throws -> [InstanceKey] {
    try await withTimeout {
      var request = Weft_Registry_V1_HeartbeatStreamRequest()
      request.instances = keys.map(\.message)
      do {
        try await requests.write(request)
      } catch is CallEndedEarly {
        // How it ended is what comes next.
      }
      guard let response = try await next() else {
        throw RPCError(.unavailable, "the registry has ended the heartbeats")
      }
      return response.unknown.map { InstanceKey($0) }
    }
  }

  /// Says that no more heartbeats follow, and waits until the registry has heard it.
  func finish() async throws {
    try await withTimeout {
      try await requests.finish()
      while try await next() != nil {}
    }
  }

  private func next() async throws -> Weft_Registry_V1_HeartbeatResponse? {
    var iterator = responses.makeAsyncIterator()
    return try await iterator.next()
  }

  /// A registry that hangs is as good as none: the call is broken off, so that the next one can find another.
  private func withTimeout<R>(_ body: () async throws -> R) async throws -> R {
    let alarm = Task { [call = responses.call, timeout] in
      try await Task.sleep(for: timeout)
      call.cancel()
    }
    defer { alarm.cancel() }
    do {
      return try await body()
    } catch let error as RPCError where error.code == .cancelled && !Task.isCancelled {
      throw RPCError(.deadlineExceeded, "the registry did not answer heartbeats within \(timeout)")
    }
  }
}

extension RegistryClient {
  public func withHeartbeatStream(_ body: (any HeartbeatStream) async throws -> Void) async throws {
    try await client.heartbeatStream(options: lastingOptions) { requests, responses in
      let stream = RPCHeartbeatStream(requests: requests, responses: responses, timeout: timeout)
      try await body(stream)
      // Whether the registry hears the end is all the same.
      try? await stream.finish()
    }
  }
}
