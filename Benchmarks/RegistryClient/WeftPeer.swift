import WeftDiscovery
import WeftRPC

struct WeftPeer: RegistryPeer {
  func register(client: Int, number: Int, over channel: Channel) async throws {
    // The registrations of one client go round its share of the instances.
    let instance = client + number * 16
    try await register(instance: instance % Catalogue.all, version: "\(number)", over: channel)
  }

  func read(client: Int, number: Int, over channel: Channel) async throws {
    var request = Weft_Registry_V1_ResolveRequest()
    request.service = "service-\((client * 7 + number) % Catalogue.services)"
    let answer = try await Weft_Registry_V1_RegistryServiceClient(channel).resolve(request)
    precondition(answer.instances.count == Catalogue.instances)
  }

  func heartbeats(client: Int, of clients: Int, rounds: Int, over channel: Channel) async throws {
    var request = Weft_Registry_V1_HeartbeatRequest()
    request.instances = Catalogue.shares(of: client, clients: clients).map(Self.key)
    let service = Weft_Registry_V1_RegistryServiceClient(channel)
    for _ in 0..<rounds {
      let answer = try await service.heartbeat(request)
      precondition(answer.unknown.isEmpty)
    }
  }

  func watch(
    over channel: Channel, last: Int, began: @Sendable () -> Void, arrived: @Sendable (Int) -> Void
  ) async throws {
    var request = Weft_Registry_V1_WatchRequest()
    request.service = "service-\(Catalogue.watched)"
    try await Weft_Registry_V1_RegistryServiceClient(channel).watch(request) { answers in
      for try await answer in answers {
        if answer.snapshot != nil, !answer.snapshotContinues { began() }
        for change in answer.changes {
          guard case .put(let instance) = change.kind, let number = Int(instance.version) else { continue }
          arrived(number)
          if number == last { return }
        }
      }
    }
  }

  func change(number: Int, over channel: Channel) async throws {
    try await register(instance: Catalogue.watched, version: "\(number)", over: channel)
  }

  private func register(instance number: Int, version: String, over channel: Channel) async throws {
    var request = Weft_Registry_V1_RegisterRequest()
    let key = Self.key(number)
    var instance = Weft_Registry_V1_Instance()
    instance.service = key.service
    instance.id = key.id
    instance.address = "10.0.0.1"
    instance.port = 8080
    instance.tags = ["primary", "zone-a"]
    instance.metadata = ["build": "b\(version)", "team": "search"]
    instance.version = version
    instance.leaseMilliseconds = 3_600_000
    request.instance = instance
    _ = try await Weft_Registry_V1_RegistryServiceClient(channel).register(request)
  }

  private static func key(_ number: Int) -> Weft_Registry_V1_InstanceKey {
    var key = Weft_Registry_V1_InstanceKey()
    key.service = "service-\(number % Catalogue.services)"
    key.id = "instance-\(number)"
    return key
  }
}
