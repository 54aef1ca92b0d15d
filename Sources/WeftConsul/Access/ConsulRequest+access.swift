import WeftDiscovery
import WeftHTTP2
import WeftRegistry

extension ConsulRequest {
  /// Throws when the client may not do this.
  func require(_ request: AccessRequest) throws(ConsulError) {
    guard scope.allows(request) else { throw .permissionDenied }
  }

  /// Throws when the client may not change the checks of this.
  func require(changing owner: CheckOwner) throws(ConsulError) {
    switch owner {
    case .node(let name): try require(.node(name, .write))
    case .instance(let key): try require(.service(key.service, .write))
    }
  }

  func allows(_ request: AccessRequest) -> Bool { scope.allows(request) }

  /// Who asks, for the audit log.
  var actor: AuditActor { scope.actor }
}

extension Registry {
  /// What a request may do.
  /// - Throws: when it shows a token that is not known.
  func scope(of head: HTTPRequestHead, token: String?) throws(ConsulError) -> AccessScope {
    do {
      return try access.scope(
        of: AccessCredential(
          token: token, identities: head.peer.isTLS ? head.peer.identities : nil,
          address: head.peer.remoteAddress))
    } catch {
      throw .unknownToken
    }
  }
}
