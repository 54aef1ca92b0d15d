import WeftRPC

/// An instance is a key below its service, with a value as long as Weft's record.
struct EtcdPeer: RegistryPeer {
  func register(client: Int, number: Int, over channel: Channel) async throws {
    try await put(instance: (client + number * 16) % Catalogue.all, version: "\(number)", over: channel)
  }

  func read(client: Int, number: Int, over channel: Channel) async throws {
    var request = Etcdserverpb_RangeRequest()
    (request.key, request.rangeEnd) = Self.range(of: (client * 7 + number) % Catalogue.services)
    let answer = try await Etcdserverpb_KVClient(channel).range(request)
    precondition(answer.kvs.count == Catalogue.instances)
  }

  func heartbeats(client: Int, of clients: Int, rounds: Int, over channel: Channel) async throws {
    let service = Etcdserverpb_LeaseClient(channel)
    let leases = Catalogue.shares(of: client, clients: clients).map { Int64($0 + 1) }
    if rounds == 0 {
      for lease in leases {
        var request = Etcdserverpb_LeaseGrantRequest()
        request.id = lease
        request.ttl = 3600
        do {
          _ = try await service.leaseGrant(request)
        } catch let error as RPCError where error.code == .failedPrecondition {
          // It is there from an earlier round.
        }
      }
      return
    }
    try await service.leaseKeepAlive { requests, responses in
      var answers = responses.makeAsyncIterator()
      for _ in 0..<rounds {
        for lease in leases {
          var request = Etcdserverpb_LeaseKeepAliveRequest()
          request.id = lease
          try await requests.write(request)
        }
        for _ in leases {
          let answer = try await answers.next()
          precondition((answer?.ttl ?? 0) > 0)
        }
      }
      try await requests.finish()
    }
  }

  func watch(
    over channel: Channel, last: Int, began: @Sendable () -> Void, arrived: @Sendable (Int) -> Void
  ) async throws {
    try await Etcdserverpb_WatchClient(channel).watch { requests, responses in
      var create = Etcdserverpb_WatchCreateRequest()
      (create.key, create.rangeEnd) = Self.range(of: Catalogue.watched)
      var request = Etcdserverpb_WatchRequest()
      request.requestUnion = .createRequest(create)
      try await requests.write(request)
      for try await answer in responses {
        if answer.created { began() }
        for event in answer.events {
          guard let number = Int(String(decoding: event.kv?.value.prefix { $0 != 0x20 } ?? [], as: UTF8.self))
          else {
            continue
          }
          arrived(number)
          if number == last {
            responses.call.cancel()
            return
          }
        }
      }
    }
  }

  func change(number: Int, over channel: Channel) async throws {
    try await put(instance: Catalogue.watched, version: "\(number)", over: channel)
  }

  private func put(instance number: Int, version: String, over channel: Channel) async throws {
    var request = Etcdserverpb_PutRequest()
    request.key = Array("/services/\(Self.name(number % Catalogue.services))/instance-\(number)".utf8)
    let rest = " 10.0.0.1:8080 primary zone-a build=b\(version) team=search lease=3600000"
    request.value = Array((version + rest).utf8)
    _ = try await Etcdserverpb_KVClient(channel).put(request)
  }

  private static func name(_ service: Int) -> String { "service-\(service)" }

  /// All keys of a service: those that begin with its name and a slash, which 0 follows in ASCII.
  private static func range(of service: Int) -> (from: [UInt8], to: [UInt8]) {
    (Array("/services/\(name(service))/".utf8), Array("/services/\(name(service))0".utf8))
  }
}
