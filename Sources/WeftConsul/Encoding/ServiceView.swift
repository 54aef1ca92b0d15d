import WeftDiscovery
import WeftProtobuf

/// An instance with its node and the checks of both.
struct ServiceView: Sendable {
  var node: Node
  var instance: ServiceInstance
  /// Those of the node first.
  var checks: [CheckView]

  init(_ instance: ServiceInstance, on node: Node) {
    self.node = node.asShown
    self.instance = instance
    checks = CheckView.all(of: node) + CheckView.all(of: instance)
  }

  var isPassing: Bool { checks.allSatisfy { $0.status == .passing } }

  /// Where it is to be reached: when it gives no address of its own, at its node's.
  var address: String { instance.address.isEmpty ? node.address : instance.address }

  /// As `/v1/catalog/service/NAME` has it: one flat object.
  func writeFlat(to output: inout JSONOutput, _ datacenter: String) {
    output.beginObject()
    node.writeFields(to: &output, datacenter, metadata: "NodeMeta")
    output.field("ServiceKind", "")
    output.field("ServiceID", instance.id)
    output.field("ServiceName", instance.service)
    output.field("ServiceTags", instance.tags)
    output.field("ServiceAddress", address)
    instance.writeTaggedAddresses(to: &output, "ServiceTaggedAddresses")
    instance.writeWeights(to: &output, "ServiceWeights")
    output.field("ServiceMeta", instance.metadata)
    output.field("ServicePort", instance.port)
    output.field("ServiceEnableTagOverride", instance.enableTagOverride)
    output.key("ServiceProxy")
    output.raw(ServiceInstance.noProxy.utf8)
    output.key("ServiceConnect")
    output.raw("{}".utf8)
    instance.writeNamespace(to: &output)
    output.field("CreateIndex", max(instance.addedRevision, 1))
    output.field("ModifyIndex", max(instance.modifiedRevision, 1))
    output.endObject()
  }

  /// As `/v1/health/service/NAME` has it.
  func writeHealth(to output: inout JSONOutput, _ datacenter: String) {
    output.beginObject()
    output.key("Node")
    node.write(to: &output, datacenter)
    output.key("Service")
    instance.write(to: &output, address: address)
    output.key("Checks")
    output.array(checks) { $1.write(to: &$0) }
    output.endObject()
  }

  /// What a filter can ask in `/v1/health/service/NAME`.
  static func healthSchema(datacenter: String) -> FilterSchema<ServiceView> {
    FilterSchema([:])
      .adding("Node", Node.schema(datacenter: datacenter)) { $0.node }
      .adding("Service", ServiceInstance.schema) { view in
        var instance = view.instance
        instance.address = view.address
        return instance
      }
      .addingEach("Checks", CheckView.schema) { $0.checks }
  }

  /// What a filter can ask in `/v1/catalog/service/NAME`.
  static func flatSchema(datacenter: String) -> FilterSchema<ServiceView> {
    FilterSchema([
      "ID": .text { $0.node.id }, "Node": .text { $0.node.name }, "Address": .text { $0.node.address },
      "Datacenter": .text { _ in datacenter }, "TaggedAddresses": .map { $0.node.taggedAddresses },
      "NodeMeta": .map { $0.node.metadata }, "ServiceKind": .text { _ in "" },
      "ServiceID": .text { $0.instance.id }, "ServiceName": .text { $0.instance.service },
      "ServiceTags": .list { $0.instance.tags }, "ServiceAddress": .text { $0.address },
      "ServiceMeta": .map { $0.instance.metadata }, "ServicePort": .integer { $0.instance.port },
      "ServiceWeights.Passing": .integer { $0.instance.weight },
      "ServiceWeights.Warning": .integer { $0.instance.warningWeight },
      "ServiceEnableTagOverride": .boolean { $0.instance.enableTagOverride },
      "ServiceTaggedAddresses": .objects { $0.instance.taggedAddresses.map(\.key) },
      "ServiceConnect.Native": .boolean { _ in false },
      "ServiceProxy.DestinationServiceName": .text { _ in "" },
      "ServiceProxy.DestinationServiceID": .text { _ in "" },
    ])
  }
}
