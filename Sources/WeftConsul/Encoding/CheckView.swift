import WeftDiscovery
import WeftProtobuf

/// A check as the API shows it: with what it belongs to.
struct CheckView: Sendable {
  var node: String
  var id: String
  var name: String
  var status: HealthStatus
  var notes = ""
  var output = ""
  /// Of the instance that it belongs to; empty for a check of a node.
  var serviceID = ""
  var serviceName = ""
  var serviceTags: [String] = []
  /// Of the instance, unless that is in the default one.
  var namespace: String?
  var type = ""
  var createIndex: UInt64
  var modifyIndex: UInt64

  init(_ check: HealthCheck, node: String) {
    self.node = node
    id = check.id
    name = check.name
    status = check.state.status
    notes = check.notes
    output = check.state.output
    type = check.kind.consulName
    createIndex = check.addedRevision
    modifyIndex = check.modifiedRevision
  }

  /// A check where of its instance no more is known than the name.
  init(_ check: HealthCheck, of owner: CheckOwner) {
    self.init(check, node: owner.node)
    if case .instance(let key) = owner {
      serviceID = key.id
      serviceName = key.service
    }
  }

  private init(maintenance: Maintenance, node: String, id: String, name: String, index: UInt64) {
    self.node = node
    self.id = id
    self.name = name
    status = .critical
    notes = maintenance.reason
    type = "maintenance"
    createIndex = index
    modifyIndex = index
  }

  private func of(_ instance: ServiceInstance) -> CheckView {
    var view = self
    view.serviceID = instance.id
    view.serviceName = instance.service
    view.serviceTags = instance.tags
    view.namespace = instance.namespace == ServiceInstance.defaultNamespace ? nil : instance.namespace
    return view
  }

  static let nodeMaintenanceID = "_node_maintenance"
  static let serviceMaintenancePrefix = "_service_maintenance:"
  static let serfHealthID = "serfHealth"

  /// The checks of an instance, and its maintenance as one of them.
  static func all(of instance: ServiceInstance) -> [CheckView] {
    var views = instance.checks.map { CheckView($0, node: instance.node).of(instance) }
    if let maintenance = instance.maintenance {
      let view = CheckView(
        maintenance: maintenance, node: instance.node, id: serviceMaintenancePrefix + instance.id,
        name: "Service Maintenance Mode", index: instance.modifiedRevision)
      views.insert(view.of(instance), at: 0)
    }
    return views
  }

  /// The checks of a node, and its maintenance as one of them.
  /// - Parameter isLocal: without those that Consul's agents do not run themselves.
  static func all(of node: Node, isLocal: Bool = false) -> [CheckView] {
    var views: [CheckView] = []
    if let maintenance = node.maintenance {
      views.append(
        CheckView(
          maintenance: maintenance, node: node.name, id: nodeMaintenanceID, name: "Node Maintenance Mode",
          index: node.modifiedRevision))
    }
    let checks = isLocal ? node.checks.filter { $0.id != serfHealthID } : node.checks
    return views + checks.map { CheckView($0, node: node.name) }
  }
}

extension HealthCheck.Kind {
  /// What Consul calls it.
  var consulName: String {
    switch self {
    case .external: ""
    case .ttl: "ttl"
    case .http: "http"
    case .tcp: "tcp"
    case .grpc: "grpc"
    case .alias: "alias"
    }
  }
}

extension CheckView {
  /// Consul's agents write in this form what the catalogue leaves out.
  static let emptyDefinition =
    #"{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","HTTP":"","Header":null,"Method":"","Body":"","TLSSkipVerify":false,"TCP":""}"#

  /// - Parameters:
  ///   - isLocal: as the agent shows it, to which the catalogue's indexes are unknown.
  ///   - definition: what is known of how the check is made.
  func write(to output: inout JSONOutput, isLocal: Bool = false, definition: String = "{}") {
    output.beginObject()
    output.field("Node", node)
    output.field("CheckID", id)
    output.field("Name", name)
    output.field("Status", status.rawValue)
    output.field("Notes", notes)
    output.field("Output", self.output)
    output.field("ServiceID", serviceID)
    output.field("ServiceName", serviceName)
    output.field("ServiceTags", serviceTags)
    output.field("Type", type)
    if let namespace { output.field("Namespace", namespace) }
    output.key("Definition")
    output.raw(definition.utf8)
    output.field("CreateIndex", isLocal ? 0 : max(createIndex, 1))
    output.field("ModifyIndex", isLocal ? 0 : max(modifyIndex, 1))
    output.endObject()
  }

  static let schema = FilterSchema<CheckView>([
    "Node": .text { $0.node }, "CheckID": .text { $0.id }, "Name": .text { $0.name },
    "Status": .text { $0.status.rawValue }, "Notes": .text { $0.notes }, "Output": .text { $0.output },
    "ServiceID": .text { $0.serviceID }, "ServiceName": .text { $0.serviceName },
    "ServiceTags": .list { $0.serviceTags }, "Type": .text { $0.type },
  ])
}
