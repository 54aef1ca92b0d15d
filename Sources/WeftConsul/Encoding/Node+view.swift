import WeftDiscovery
import WeftProtobuf

/// A node as the API shows it.
extension Node {
  /// With what every Consul agent says of itself.
  var asShown: Node {
    guard name == Node.registryName else { return self }
    var node = self
    for tag in ["lan", "lan_ipv4", "wan", "wan_ipv4"] where node.taggedAddresses[tag] == nil {
      node.taggedAddresses[tag] = address
    }
    node.metadata[Self.segmentKey] = node.metadata[Self.segmentKey] ?? ""
    return node
  }

  /// Metadata of every Consul agent: the part of the network that it gossips in.
  static let segmentKey = "consul-network-segment"

  func write(to output: inout JSONOutput, _ datacenter: String) {
    output.beginObject()
    writeFields(to: &output, datacenter, metadata: "Meta")
    output.field("CreateIndex", max(addedRevision, 1))
    output.field("ModifyIndex", max(modifiedRevision, 1))
    output.endObject()
  }

  /// - Parameter name: what the member with the metadata is called.
  func writeFields(to output: inout JSONOutput, _ datacenter: String, metadata name: StaticString) {
    output.field("ID", id)
    output.field("Node", self.name)
    output.field("Address", address)
    output.field("Datacenter", datacenter)
    output.field("TaggedAddresses", taggedAddresses)
    output.field(name, metadata)
  }

  static func schema(datacenter: String) -> FilterSchema<Node> {
    FilterSchema([
      "ID": .text { $0.id }, "Node": .text { $0.name }, "Address": .text { $0.address },
      "Datacenter": .text { _ in datacenter }, "TaggedAddresses": .map { $0.taggedAddresses },
      "Meta": .map { $0.metadata },
    ])
  }

  /// Whether its metadata has all of these.
  func has(_ wanted: [String: String]) -> Bool {
    wanted.allSatisfy { metadata[$0.key] == $0.value }
  }
}
