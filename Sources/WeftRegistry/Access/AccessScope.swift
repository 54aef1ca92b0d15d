import WeftDiscovery

/// What one client may do: its rules, found once and asked for every thing it wants.
public struct AccessScope: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// Everything.
    case all
    /// Everything but changing instances of other services: a certificate while no rules are kept.
    case ownName([String])
    case rules(AccessGrants, allowsByDefault: Bool)
  }

  let kind: Kind
  /// Who it is, for the audit log and for errors.
  public let actor: AuditActor

  /// Whether everything may be read.
  public var isUnrestricted: Bool {
    switch kind {
    case .all, .ownName: true
    case .rules: false
    }
  }

  /// Whether there is any service under whose name it may register.
  var mayRegister: Bool {
    switch kind {
    case .all, .ownName: true
    case .rules(let grants, let allowsByDefault): allowsByDefault || grants.hasWrite(for: .service)
    }
  }

  /// Whether a request is allowed.
  public func allows(_ request: AccessRequest) -> Bool {
    switch kind {
    case .all: true
    case .ownName(let names):
      request.resource != .service || request.permission != .write || names.contains(request.name)
    case .rules(let grants, let allowsByDefault): Self.decide(request, grants, allowsByDefault)
    }
  }

  private static func decide(_ request: AccessRequest, _ grants: AccessGrants, _ allowsByDefault: Bool)
    -> Bool
  {
    // To change who may do what is never given by default.
    let isDefault = allowsByDefault && request.resource != .acl
    if request.isTree {
      if let least = grants.leastPermission(for: request.resource, below: request.name) {
        return least >= request.permission
      }
      return isDefault && !grants.denies(request.permission, for: request.resource, below: request.name)
    }
    guard let permission = grants.permission(for: request.resource, request.name) else { return isDefault }
    return permission >= request.permission
  }

  /// Throws PERMISSION_DENIED, naming who asked for what, when a request is not allowed.
  ///
  /// - Parameter field: the path in the request of what is denied; empty when there is none.
  public func require(_ request: AccessRequest, field: String = "") throws(RegistryError) {
    guard !allows(request) else { return }
    let path = field.isEmpty ? "" : "\(field): "
    if case .ownName(let names) = kind {
      guard !names.isEmpty else {
        throw .permissionDenied(
          "\(path)changing \(request.name) needs a certificate with the identity \(ServiceIdentity.uri(for: request.name))"
        )
      }
      throw .permissionDenied(
        "\(path)the certificate of \(names.joined(separator: ", ")) may not change \(request.name)")
    }
    throw .permissionDenied("\(path)\(actor.name) has no \(request)")
  }
}
