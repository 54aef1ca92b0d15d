import SwiftASN1
import X509

/// Who a process of the mesh is: the names that its certificate carries.
///
/// The identity itself is the SPIFFE ID in the URI name (SPIFFE X.509-SVID, section 2); peers compare that.
/// The DNS names and addresses are there for clients that check host names, such as curl and grpcio.
public struct CertificateIdentity: Sendable, Hashable {
  /// Every identity of this mesh lives below this domain.
  public static let trustDomain = "weft.internal"

  public let name: String

  /// - Throws: ``CertificateError`` unless `name` is a DNS label (RFC 1123, section 2.1): lower-case
  ///   letters, digits and dashes, at most 63, neither first nor last a dash. It becomes part of file names.
  public init(name: String) throws(CertificateError) {
    let isLabel = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard (1...63).contains(name.utf8.count), isLabel, !name.hasPrefix("-"), !name.hasSuffix("-") else {
      throw CertificateError(
        "service name \"\(name.prefix(80))\"",
        "must be 1 to 63 lower-case letters, digits and dashes, with no dash at either end")
    }
    // These names of files in the certificate folder are taken.
    guard name != "ca", !name.hasSuffix("-key") else {
      throw CertificateError(
        "service name \"\(name)\"", "is reserved for the files of the authority and of keys")
    }
    self.name = name
  }

  public var uri: String { "spiffe://\(Self.trustDomain)/service/\(name)" }

  public var dnsNames: [String] { ["localhost", name, "\(name).\(Self.trustDomain)"] }

  var alternativeNames: [GeneralName] {
    let loopback6: [UInt8] = Array(repeating: 0, count: 15) + [1]
    var names: [GeneralName] = [.uniformResourceIdentifier(uri)]
    names += dnsNames.map(GeneralName.dnsName)
    names.append(.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])))
    names.append(.ipAddress(ASN1OctetString(contentBytes: loopback6[...])))
    return names
  }
}
