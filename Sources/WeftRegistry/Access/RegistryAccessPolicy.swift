/// What certificates alone let a peer change, while no rules are in force.
///
/// Reading is open to whoever the port lets in, which inside the mesh means: has a certificate of the mesh.
public enum RegistryAccessPolicy: Sendable {
  /// A service changes only what bears the name in its certificate, `spiffe://weft.internal/service/NAME`;
  /// the administrators change anything, also when rules are in force.
  case ownName(administrators: Set<String>)
  /// Everybody changes anything: for a registry without TLS, in development.
  case open

  /// People and their tools use the certificate `client` (`weft certs` makes it): they may remove an instance
  /// that its owner left behind.
  public static let standard = RegistryAccessPolicy.ownName(administrators: ["client"])

  func isAdministrator(_ name: String) -> Bool {
    guard case .ownName(let administrators) = self else { return false }
    return administrators.contains(name)
  }
}
