/// Names one instance: unique within the whole catalogue.
public struct InstanceKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The qualified name of its service: `NAME`, or `NAMESPACE/NAME` outside the default namespace.
  public var service: String
  public var id: String
  /// The node it runs on: one id may be there once on each.
  public var node: String

  public init(service: String, id: String, node: String = Node.registryName) {
    self.service = service
    self.id = id
    self.node = node
  }

  public var description: String {
    node == Node.registryName ? "\(service)/\(id)" : "\(service)/\(id)@\(node)"
  }

  public static func < (a: InstanceKey, b: InstanceKey) -> Bool {
    if a.service != b.service { return a.service < b.service }
    return a.id == b.id ? a.node < b.node : a.id < b.id
  }
}
