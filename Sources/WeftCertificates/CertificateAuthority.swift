import Crypto
import FoundationEssentials
import X509

/// A certificate with the key that belongs to it.
struct KeyPair {
  let certificate: Certificate
  let key: Certificate.PrivateKey
}

/// The development authority: one self-signed P-256 certificate that signs every certificate of a mesh.
struct CertificateAuthority {
  static let commonName = "Weft development CA"
  static let lifetime: TimeInterval = 10 * 365 * 86_400
  static let leafLifetime: TimeInterval = 365 * 86_400
  /// Certificates begin a little in the past, so that a peer whose clock is behind accepts them.
  static let backdating: TimeInterval = 3_600
  /// A certificate with less time left than this is replaced when it is next asked for.
  static let renewalWindow: TimeInterval = 30 * 86_400

  let pair: KeyPair

  /// Makes a new authority.
  static func make(now: Date) throws -> CertificateAuthority {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName {
      CommonName(commonName)
      OrganizationName("Weft")
    }
    let keyIdentifier = SubjectKeyIdentifier(hash: key.publicKey)
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey,
      notValidBefore: now - backdating, notValidAfter: now + lifetime,
      issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        // It signs leaves only: no intermediate authority below it.
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        keyIdentifier
      },
      issuerPrivateKey: key)
    return CertificateAuthority(pair: KeyPair(certificate: certificate, key: key))
  }

  /// Signs a certificate for `identity` that is good for both ends of a connection: services call services.
  func issue(_ identity: CertificateIdentity, now: Date) throws -> KeyPair {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName {
      CommonName(identity.name)
      OrganizationName("Weft")
    }
    let authorityKey = SubjectKeyIdentifier(hash: pair.key.publicKey).keyIdentifier
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey,
      notValidBefore: now - Self.backdating,
      // A leaf that outlives its authority is useless after the authority's end.
      notValidAfter: min(now + Self.leafLifetime, pair.certificate.notValidAfter),
      issuer: pair.certificate.subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectAlternativeNames(identity.alternativeNames)
        SubjectKeyIdentifier(hash: key.publicKey)
        AuthorityKeyIdentifier(keyIdentifier: authorityKey)
      },
      issuerPrivateKey: pair.key)
    return KeyPair(certificate: certificate, key: key)
  }

  /// Why `leaf` must be replaced by a new certificate, or nil when it is still good.
  func reasonToReplace(_ leaf: KeyPair, identity: CertificateIdentity, now: Date) -> String? {
    if let reason = Self.reasonToReplace(leaf, now: now) { return reason }
    let certificate = leaf.certificate
    guard certificate.issuer == pair.certificate.subject,
      pair.key.publicKey.isValidSignature(certificate.signature, for: certificate)
    else { return "it was signed by another authority" }
    guard let names = try? certificate.extensions.subjectAlternativeNames,
      Set(names) == Set(identity.alternativeNames)
    else { return "its names have changed" }
    return nil
  }

  /// The part of the judgement that holds for the authority's own certificate too.
  static func reasonToReplace(_ pair: KeyPair, now: Date) -> String? {
    let certificate = pair.certificate
    if certificate.publicKey != pair.key.publicKey { return "the key belongs to another certificate" }
    if certificate.notValidBefore > now { return "it is not valid yet" }
    if certificate.notValidAfter <= now { return "it has expired" }
    if certificate.notValidAfter <= now + renewalWindow { return "it expires soon" }
    return nil
  }
}
