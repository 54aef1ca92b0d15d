/// What somebody wants to do.
public struct AccessRequest: Sendable, Hashable {
  public var resource: AccessResource
  /// Empty for resources without names.
  public var name: String
  public var permission: AccessPermission
  /// Whether it concerns all names that begin with ``name``.
  public var isTree = false

  public static func service(_ name: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .service, name: name, permission: permission)
  }

  public static func node(_ name: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .node, name: name, permission: permission)
  }

  public static func agent(_ name: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .agent, name: name, permission: permission)
  }

  public static func event(_ name: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .event, name: name, permission: permission)
  }

  /// - Parameter node: sessions are told apart by the node that they belong to.
  public static func session(node: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .session, name: node, permission: permission)
  }

  public static func key(_ name: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .key, name: name, permission: permission)
  }

  /// Something that concerns all keys that begin with a prefix, whichever they are.
  public static func keyTree(_ prefix: String, _ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .key, name: prefix, permission: permission, isTree: true)
  }

  public static func acl(_ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .acl, name: "", permission: permission)
  }

  public static func `operator`(_ permission: AccessPermission) -> AccessRequest {
    AccessRequest(resource: .operator, name: "", permission: permission)
  }
}

extension AccessRequest: CustomStringConvertible {
  /// As an error says it: `write access to key "a"`.
  public var description: String {
    let what = resource.hasNames ? "\(resource) \(FieldCheck(field: "").quoted(name))" : "\(resource)"
    return "\(permission.word) access to \(isTree ? "all that begins with \(what)" : what)"
  }
}
