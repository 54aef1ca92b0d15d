/// The name that a service's certificate carries: a SPIFFE ID in the URI subject alternative name.
///
/// See the SPIFFE standard "X.509-SVID", section 2. Every certificate of the mesh has exactly one.
public enum ServiceIdentity {
  static let prefix = "spiffe://weft.internal/service/"

  /// `spiffe://weft.internal/service/NAME`
  public static func uri(for service: String) -> String {
    prefix + service
  }

  /// The service that an identity stands for, or nil when it is none of this mesh.
  public static func service(of uri: String) -> String? {
    guard uri.hasPrefix(prefix) else { return nil }
    let name = uri.dropFirst(prefix.count)
    return name.isEmpty || name.contains("/") ? nil : String(name)
  }
}
