import FoundationEssentials
import X509

/// What a person wants to know of a certificate.
public struct CertificateSummary: Sendable {
  public enum State: Sendable, Equatable {
    case valid
    case expiresSoon
    case expired
    case notYetValid
    case unreadable(String)
  }

  public let name: String
  public let path: String
  /// The SPIFFE ID, or the common name of a certificate that has none.
  public let identity: String
  public let notAfter: Date?
  public let state: State
}

extension CertificateStore {
  /// Every certificate of the folder, the authority first, then by name. An empty folder gives an empty list.
  public func summaries(now: Date = Date()) throws -> [CertificateSummary] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw CertificateError(directory, "has no certificates yet: make them with 'weft certs init'")
    }
    let names = files.filter { $0.hasSuffix(".pem") && !$0.hasSuffix("-key.pem") }.map {
      String($0.dropLast(4))
    }
    let ordered = names.sorted { $0 != $1 && ($0 == "ca" || ($1 != "ca" && $0 < $1)) }
    return try ordered.map { try summary(of: $0, now: now) }
  }

  private func summary(of name: String, now: Date) throws -> CertificateSummary {
    let path = certificatePath(name)
    guard let text = try CertificateFile.read(path), let certificate = try? Certificate(pemEncoded: text)
    else {
      return CertificateSummary(
        name: name, path: path, identity: "-", notAfter: nil, state: .unreadable("not a PEM certificate"))
    }
    return CertificateSummary(
      name: name, path: path, identity: Self.identity(of: certificate), notAfter: certificate.notValidAfter,
      state: Self.state(of: certificate, now: now))
  }

  private static func identity(of certificate: Certificate) -> String {
    let names = (try? certificate.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames()
    for case .uniformResourceIdentifier(let uri) in names where uri.hasPrefix("spiffe://") { return uri }
    return certificate.subject.description
  }

  private static func state(of certificate: Certificate, now: Date) -> CertificateSummary.State {
    if certificate.notValidBefore > now { return .notYetValid }
    if certificate.notValidAfter <= now { return .expired }
    return certificate.notValidAfter <= now + CertificateAuthority.renewalWindow ? .expiresSoon : .valid
  }
}
