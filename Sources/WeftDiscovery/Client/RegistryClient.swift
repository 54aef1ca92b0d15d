import WeftRPC

/// The registry, called over RPC.
public struct RegistryClient: RegistryAccess {
  let client: Weft_Registry_V1_RegistryServiceClient
  let timeout: Duration
  private let token: String?

  /// - Parameters:
  ///   - timeout: for each call and each batch of heartbeats; a watch lasts as long as it lasts.
  ///   - token: the secret of an access token to show beside the certificate.
  public init(channel: any RPCChannel, timeout: Duration = .seconds(5), token: String? = nil) {
    client = Weft_Registry_V1_RegistryServiceClient(channel)
    self.timeout = timeout
    self.token = token
  }

  /// A snapshot of very many instances comes in pieces, but one instance may be large.
  private static let maxResponseBytes = 16 << 20

  var options: CallOptions {
    var options = lastingOptions
    options.timeout = timeout
    return options
  }

  /// For calls that take as long as they take.
  var lastingOptions: CallOptions {
    var options = CallOptions(maxResponseBytes: Self.maxResponseBytes)
    options.show(token: token)
    return options
  }

  public func register(_ instance: ServiceInstance) async throws -> Duration {
    var request = Weft_Registry_V1_RegisterRequest()
    request.instance = instance.message
    return .milliseconds(
      Int64(try await client.register(request, options: options).leaseMilliseconds))
  }

  public func heartbeat(_ keys: [InstanceKey]) async throws -> [InstanceKey] {
    var request = Weft_Registry_V1_HeartbeatRequest()
    request.instances = keys.map(\.message)
    return try await client.heartbeat(request, options: options).unknown.map { InstanceKey($0) }
  }

  public func deregister(_ key: InstanceKey) async throws {
    var request = Weft_Registry_V1_DeregisterRequest()
    request.instance = key.message
    _ = try await client.deregister(request, options: options)
  }

  /// The instances of one service as of one revision.
  public func resolve(_ service: String) async throws -> (
    revision: UInt64, instances: [ServiceInstance]
  ) {
    var request = Weft_Registry_V1_ResolveRequest()
    request.service = service
    let response = try await client.resolve(request, options: options)
    return (response.revision, response.instances.map { ServiceInstance($0) })
  }

  /// Every service with its number of instances, sorted by name.
  public func listServices() async throws -> (
    revision: UInt64, services: [(name: String, instances: Int)]
  ) {
    let response = try await client.listServices(.init(), options: options)
    return (response.revision, response.services.map { ($0.name, Int($0.instances)) })
  }

  public func putDescriptorSet(_ bytes: [UInt8]) async throws -> String {
    var request = Weft_Registry_V1_PutDescriptorSetRequest()
    request.descriptorSet = bytes
    return try await client.putDescriptorSet(request, options: options).hash_
  }

  public func descriptorSet(hash: String) async throws -> [UInt8] {
    var request = Weft_Registry_V1_GetDescriptorSetRequest()
    request.hash_ = hash
    return try await client.getDescriptorSet(request, options: options).descriptorSet
  }

  public func watch(
    service: String? = nil, from position: WatchPosition = .start,
    _ receive: @Sendable (WatchUpdate) async throws -> Void
  ) async throws {
    var request = Weft_Registry_V1_WatchRequest()
    request.service = service ?? ""
    request.afterRevision = position.revision
    request.history = position.history
    let options = lastingOptions
    try await client.watch(request, options: options) { responses in
      for try await response in responses { try await receive(WatchUpdate(response)) }
    }
  }
}
