import WeftRPC

/// Which instances of a service to ask for.
public struct ResolveQuery: Sendable, Hashable {
  /// NAME, or NAMESPACE/NAME.
  public var service: String
  /// Only instances with all of these.
  public var tags: [String] = []
  public var metadata: [String: String] = [:]
  /// Empty for any.
  public var version = ""
  public var zone = ""
  /// Instances in this zone come first.
  public var preferredZone = ""
  /// Without those that are critical.
  public var healthyOnly = false

  public init(service: String) {
    self.service = service
  }
}

extension RegistryClient {
  /// The instances of one service that fit, as of one revision.
  public func resolve(
    _ query: ResolveQuery
  ) async throws -> (revision: UInt64, instances: [ServiceInstance]) {
    var request = Weft_Registry_V1_ResolveRequest()
    request.service = query.service
    request.tags = query.tags
    request.metadata = query.metadata
    request.version = query.version
    request.zone = query.zone
    request.preferredZone = query.preferredZone
    request.healthyOnly = query.healthyOnly
    let response = try await client.resolve(request, options: options)
    return (response.revision, response.instances.map { ServiceInstance($0) })
  }

  /// Every node, sorted by name.
  public func listNodes() async throws -> (revision: UInt64, nodes: [Node]) {
    let response = try await client.listNodes(.init(), options: options)
    return (response.revision, response.nodes.map { Node($0) })
  }

  /// Says how a check stands.
  public func updateCheck(_ key: CheckKey, status: HealthStatus, output: String = "") async throws {
    var request = Weft_Registry_V1_UpdateCheckRequest()
    request.owner = key.owner.message
    request.checkID = key.id
    request.status = status.message
    request.output = output
    _ = try await client.updateCheck(request, options: options)
  }

  /// Takes an instance or a node out of service for a reason, or back with nil.
  public func setMaintenance(_ reason: String?, of owner: CheckOwner) async throws {
    var request = Weft_Registry_V1_SetMaintenanceRequest()
    request.owner = owner.message
    request.enabled = reason != nil
    request.reason = reason ?? ""
    _ = try await client.setMaintenance(request, options: options)
  }

  /// Gives the pieces of a snapshot's file to `receive`, one after the other.
  public func saveSnapshot(_ receive: @Sendable ([UInt8]) async throws -> Void) async throws {
    try await client.saveSnapshot(.init(), options: lastingOptions) { responses in
      for try await response in responses { try await receive(response.piece) }
    }
  }

  /// Puts what a snapshot's file holds in the place of all that the registry holds.
  /// - Parameter next: the next piece of the file; nil at its end.
  /// - Returns: the revision at which everything was replaced.
  public func restoreSnapshot(_ next: @escaping @Sendable () async throws -> [UInt8]?) async throws -> UInt64
  {
    let response = try await client.restoreSnapshot(options: lastingOptions) { requests in
      while let piece = try await next() {
        var request = Weft_Registry_V1_RestoreSnapshotRequest()
        request.piece = piece
        try await requests.write(request)
      }
    }
    return response.revision
  }
}

extension CheckOwner {
  var message: Weft_Registry_V1_CheckOwner {
    var message = Weft_Registry_V1_CheckOwner()
    switch self {
    case .node(let name): message.owner = .node(name)
    case .instance(let key): message.owner = .instance(key.message)
    }
    return message
  }
}
