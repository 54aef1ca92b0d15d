import NIOCore
import WeftDiscovery

/// An instance as a registration describes it.
enum ServiceBody {
  /// - Parameters:
  ///   - body: of `/v1/agent/service/register`, or `Service` of `/v1/catalog/register`.
  ///   - nameField: `Name` in the one, `Service` in the other.
  static func instance(
    _ body: BodyObject, nameField: String, node: String
  ) throws(ConsulError) -> ServiceInstance {
    try body.allowOnly(nameField == "Name" ? .agentService : .service)
    guard let name = try body.string(nameField), !name.isEmpty else {
      throw .badRequest("Missing service name")
    }
    let id = try body.string("ID") ?? ""
    let address = try body.string("Address") ?? ""
    if isAnyAddress(address) { throw .badRequest("Invalid service address") }
    let port = try body.integer("Port") ?? 0
    guard (0...65_535).contains(port) else { throw .badRequest("Invalid service port: \(port)") }
    try refuseMesh(body)
    var instance = ServiceInstance(
      service: name, id: id.isEmpty ? name : id, address: address, port: port,
      tags: unique(try body.strings("Tags") ?? []), metadata: try metadata(body), lease: nil)
    instance.node = node
    instance.enableTagOverride = try body.bool("EnableTagOverride") ?? false
    if let weights = try body.object("Weights") {
      try weights.allowOnly(.weights)
      instance.weight = try weights.integer("Passing") ?? 1
      instance.warningWeight = try weights.integer("Warning") ?? 1
      if instance.weight < 1 { throw .badRequest("Invalid Weights: Passing must be greater than 0") }
      if instance.warningWeight < 0 {
        throw .badRequest("Invalid Weights: Warning must be greater or equal than 0")
      }
    }
    if let map = try body.map("TaggedAddresses"), let addresses = try body.object("TaggedAddresses") {
      for member in map {
        guard let entry = try addresses.object(member.name) else { continue }
        try entry.allowOnly(.address)
        instance.taggedAddresses[member.name] = TaggedAddress(
          address: try entry.string("Address") ?? "", port: try entry.integer("Port") ?? 0)
      }
    }
    return instance
  }

  /// The addresses that Consul's agent adds to those that it is given.
  static func addAddressFamilies(to instance: inout ServiceInstance) {
    guard let address = try? SocketAddress(ipAddress: instance.address, port: 0) else { return }
    for tag in address.protocol == .inet ? ["lan_ipv4", "wan_ipv4"] : ["lan_ipv6", "wan_ipv6"]
    where instance.taggedAddresses[tag] == nil {
      instance.taggedAddresses[tag] = TaggedAddress(address: instance.address, port: instance.port)
    }
  }

  private static func isAnyAddress(_ address: String) -> Bool {
    ["0.0.0.0", "::", "[::]"].contains(address)
  }

  /// The service mesh is not here. Saying so beats registering a proxy that nothing configures.
  private static func refuseMesh(_ body: BodyObject) throws(ConsulError) {
    let kind = try body.string("Kind") ?? ""
    guard kind.isEmpty || kind == "typical" else {
      throw .badRequest(
        "Kind: this registry has no service mesh, and takes no service of the kind \"\(kind.prefix(64))\"")
    }
    guard let connect = try body.object("Connect") else { return }
    let isNative = try connect.bool("Native") ?? false
    if isNative || connect.has("SidecarService") {
      throw .badRequest("Connect: this registry has no service mesh")
    }
  }

  private static func unique(_ tags: [String]) -> [String] {
    var seen: Set<String> = []
    return tags.filter { seen.insert($0).inserted }
  }

  private static let metadataLimit = 64

  private static func metadata(_ body: BodyObject) throws(ConsulError) -> [String: String] {
    let metadata = try body.stringMap("Meta") ?? [:]
    if let reason = complaint(about: metadata) { throw .badRequest("Invalid Service Meta: \(reason)") }
    return metadata
  }

  /// What is wrong with the metadata of a service or a node, in Consul's words.
  static func complaint(about metadata: [String: String]) -> String? {
    if metadata.count > metadataLimit {
      return "Node metadata cannot contain more than \(metadataLimit) key/value pairs"
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      let reason: String
      if key.isEmpty {
        reason = "Key cannot be blank"
      } else if !key.utf8.allSatisfy(isMetadataKeyByte) {
        reason = "Key contains invalid characters"
      } else if key.utf8.count > 128 {
        reason = "Key is too long (limit: 128 characters)"
      } else if value.utf8.count > 512 {
        reason = "Value is too long (limit: 512 characters)"
      } else {
        continue
      }
      return "Couldn't load metadata pair ('\(key)', '\(value)'): \(reason)"
    }
    return nil
  }

  private static func isMetadataKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
