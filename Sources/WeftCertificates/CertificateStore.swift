import FoundationEssentials
import SwiftASN1
import X509

/// The folder with the development authority and the certificates it signed.
///
/// `ca.pem` and `ca-key.pem` are the authority; `NAME.pem` and `NAME-key.pem` are one service's. Asking twice
/// gives the same certificate until it nears its end or no longer fits.
public struct CertificateStore: Sendable {
  /// What asking for a certificate led to.
  public enum Outcome: Sendable, Equatable {
    case kept
    case made
    case replaced(reason: String)
  }

  public let directory: String

  public init(directory: String) {
    self.directory = directory
  }

  public var authorityPath: String { "\(directory)/ca.pem" }
  public func certificatePath(_ name: String) -> String { "\(directory)/\(name).pem" }
  public func keyPath(_ name: String) -> String { "\(directory)/\(name)-key.pem" }

  /// Makes sure that there is an authority with time left.
  @discardableResult
  public func initialise(now: Date = Date()) throws -> Outcome {
    try CertificateFile.makeDirectory(directory)
    let lock = try DirectoryLock(directory: directory)
    defer { withExtendedLifetime(lock) {} }
    return try authority(now: now).outcome
  }

  /// Makes sure that `identity` has a certificate of this folder's authority with time left.
  @discardableResult
  public func issue(_ identity: CertificateIdentity, now: Date = Date()) throws -> Outcome {
    try CertificateFile.makeDirectory(directory)
    let lock = try DirectoryLock(directory: directory)
    defer { withExtendedLifetime(lock) {} }
    let authority = try authority(now: now).authority

    var outcome = Outcome.made
    switch try load(identity.name) {
    case .absent: break
    case .broken(let reason): outcome = .replaced(reason: reason)
    case .present(let pair):
      guard let reason = authority.reasonToReplace(pair, identity: identity, now: now) else { return .kept }
      outcome = .replaced(reason: reason)
    }
    try save(authority.issue(identity, now: now), as: identity.name)
    return outcome
  }

  private func authority(now: Date) throws -> (authority: CertificateAuthority, outcome: Outcome) {
    var outcome = Outcome.made
    switch try load("ca") {
    case .absent: break
    case .broken(let reason):
      // Replacing it would cut off every certificate it signed: that is for a person to decide.
      throw CertificateError(authorityPath, "\(reason); remove ca.pem and ca-key.pem to start anew")
    case .present(let pair):
      guard let reason = CertificateAuthority.reasonToReplace(pair, now: now) else {
        return (CertificateAuthority(pair: pair), .kept)
      }
      outcome = .replaced(reason: reason)
    }
    let authority = try CertificateAuthority.make(now: now)
    try save(authority.pair, as: "ca")
    return (authority, outcome)
  }

  private enum Loaded {
    case absent
    case broken(reason: String)
    case present(KeyPair)
  }

  private func load(_ name: String) throws -> Loaded {
    let certificateText = try CertificateFile.read(certificatePath(name))
    let keyText = try CertificateFile.read(keyPath(name))
    switch (certificateText, keyText) {
    case (nil, nil): return .absent
    case (nil, _): return .broken(reason: "the certificate is missing beside its key")
    case (_, nil): return .broken(reason: "the key is missing beside its certificate")
    case (let certificateText?, let keyText?):
      guard let certificate = try? Certificate(pemEncoded: certificateText) else {
        return .broken(reason: "the certificate is not a PEM certificate")
      }
      // The parser's own error could quote the key: it is not passed on.
      guard let key = try? Certificate.PrivateKey(pemEncoded: keyText) else {
        return .broken(reason: "the key is not a PEM private key")
      }
      return .present(KeyPair(certificate: certificate, key: key))
    }
  }

  /// The key goes first: a crash in between leaves a pair that does not match, which is seen and replaced.
  private func save(_ pair: KeyPair, as name: String) throws {
    let key = try pair.key.serializeAsPEM().pemString
    let certificate = try pair.certificate.serializeAsPEM().pemString
    try CertificateFile.write(key + "\n", to: keyPath(name), mode: 0o600)
    try CertificateFile.write(certificate + "\n", to: certificatePath(name), mode: 0o644)
  }
}
