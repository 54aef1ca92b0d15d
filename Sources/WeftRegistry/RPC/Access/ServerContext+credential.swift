import WeftDiscovery
import WeftRPC

extension ServerContext {
  /// How the caller shows who it is: by `authorization: Bearer SECRET`, `x-consul-token`, or its certificate.
  var credential: AccessCredential {
    AccessCredential(
      token: metadata(CallOptions.tokenField) ?? bearerToken, identities: peer.isTLS ? peer.identities : nil,
      address: peer.remoteAddress)
  }

  private var bearerToken: String? {
    // RFC 9110, section 11.1: schemes know no case.
    let scheme = "bearer "
    guard let header = metadata("authorization"), header.prefix(scheme.count).lowercased() == scheme else {
      return nil
    }
    return header.dropFirst(scheme.count).trimmingPrefix { $0 == " " }.description
  }
}

extension Registry {
  /// What the caller may do.
  func scope(of context: ServerContext) throws(RegistryError) -> AccessScope {
    guard configuration.access.isEnabled else {
      // Heartbeats come this way: nobody looks for a token that counts for nothing.
      let peer = context.peer
      return try access.scope(
        of: AccessCredential(identities: peer.isTLS ? peer.identities : nil, address: peer.remoteAddress))
    }
    return try access.scope(of: context.credential)
  }
}
