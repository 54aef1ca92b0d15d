import WeftDiscovery
import WeftProtobuf

/// An instance as the API shows it.
extension ServiceInstance {
  static let noProxy = #"{"MeshGateway":{},"Expose":{}}"#

  /// As the catalogue has it.
  /// - Parameter address: where it is to be reached.
  func write(to output: inout JSONOutput, address: String) {
    output.beginObject()
    output.field("ID", id)
    output.field("Service", service)
    output.field("Tags", tags)
    output.field("Address", address)
    writeTaggedAddresses(to: &output, "TaggedAddresses")
    output.field("Meta", metadata)
    output.field("Port", port)
    writeWeights(to: &output, "Weights")
    output.field("EnableTagOverride", enableTagOverride)
    output.key("Proxy")
    output.raw(Self.noProxy.utf8)
    output.key("Connect")
    output.raw("{}".utf8)
    writeNamespace(to: &output)
    output.field("CreateIndex", max(addedRevision, 1))
    output.field("ModifyIndex", max(modifiedRevision, 1))
    output.endObject()
  }

  /// As the agent shows it, which is as it was registered.
  /// - Parameter contentHash: a digest of the rest, when it is wanted.
  func writeLocal(to output: inout JSONOutput, _ datacenter: String, contentHash: String? = nil) {
    output.beginObject()
    output.field("ID", id)
    output.field("Service", service)
    output.field("Tags", tags)
    output.field("Meta", metadata)
    output.field("Port", port)
    output.field("Address", address)
    writeTaggedAddresses(to: &output, "TaggedAddresses")
    writeWeights(to: &output, "Weights")
    output.field("EnableTagOverride", enableTagOverride)
    // Since Consul 1.9.
    output.field("Datacenter", datacenter)
    writeNamespace(to: &output)
    if let contentHash { output.field("ContentHash", contentHash) }
    output.endObject()
  }

  /// The default one goes without saying, as in a Consul that has no others.
  func writeNamespace(to output: inout JSONOutput) {
    if namespace != Self.defaultNamespace { output.field("Namespace", namespace) }
  }

  func writeWeights(to output: inout JSONOutput, _ name: StaticString) {
    output.key(name)
    output.beginObject()
    output.field("Passing", weight)
    output.field("Warning", warningWeight)
    output.endObject()
  }

  func writeTaggedAddresses(to output: inout JSONOutput, _ name: StaticString) {
    guard !taggedAddresses.isEmpty else { return }
    output.key(name)
    output.beginObject()
    for (name, address) in taggedAddresses.sorted(by: { $0.key < $1.key }) {
      output.key(name)
      output.beginObject()
      output.field("Address", address.address)
      output.field("Port", address.port)
      output.endObject()
    }
    output.endObject()
  }

  /// What a filter can ask of an instance where that is an object of its own.
  static let schema = FilterSchema<ServiceInstance>([
    "Kind": .text { _ in "" }, "ID": .text { $0.id }, "Service": .text { $0.service },
    "Tags": .list { $0.tags },
    "Address": .text { $0.address }, "Meta": .map { $0.metadata }, "Port": .integer { $0.port },
    "Weights.Passing": .integer { $0.weight }, "Weights.Warning": .integer { $0.warningWeight },
    "EnableTagOverride": .boolean { $0.enableTagOverride },
    "TaggedAddresses": .objects { $0.taggedAddresses.map(\.key) }, "Connect.Native": .boolean { _ in false },
    "Proxy.DestinationServiceName": .text { _ in "" }, "Proxy.DestinationServiceID": .text { _ in "" },
    "Proxy.LocalServiceAddress": .text { _ in "" }, "Proxy.LocalServicePort": .integer { _ in 0 },
  ])
}
