import WeftProtobuf

/// A registered service with the types that it is called with.
struct ServiceTypes: Sendable {
  /// Name in the registry.
  let name: String
  /// Content hash of the descriptor set.
  let hash: String
  let pool: DescriptorPool
  /// The revision of the registry since which the service has been there without a break.
  let since: UInt64
  /// The protobuf services whose methods get routes.
  let services: [ServiceDescriptor]
  /// The types of other sets that instances have too, as during an upgrade, the newest first: what only those
  /// have is routed as well, so that one instance with a set of its own unroutes nothing.
  var older: [ServiceTypes] = []
  /// Names that the instances claim and the descriptor set lacks.
  let missing: [String]

  /// Protobuf services that never get routes: what every server of the mesh answers for the mesh itself,
  /// and the registry, which outsiders must not reach.
  static let hiddenPackages = ["grpc.", "weft.registry."]

  /// - Parameter protoServices: full names that the service's instances answer; with none, all of the set.
  init(name: String, hash: String, pool: DescriptorPool, protoServices: [String], since: UInt64 = 0) {
    self.name = name
    self.hash = hash
    self.pool = pool
    self.since = since
    let wanted = protoServices.isEmpty ? pool.services.map(\.fullName) : protoServices
    var services: [ServiceDescriptor] = []
    var missing: [String] = []
    for fullName in Set(wanted).sorted() where !Self.isHidden(fullName) {
      if let service = pool.service(named: fullName) {
        services.append(service)
      } else {
        missing.append(fullName)
      }
    }
    self.services = services
    self.missing = missing
  }

  static func isHidden(_ fullName: String) -> Bool {
    hiddenPackages.contains { fullName.hasPrefix($0) }
  }
}
