import NIOSSL

/// TLS settings of the mesh: 1.2 or 1.3, certificates on both sides.
public enum WeftTLS {
  /// What TLS 1.2 may use: forward secrecy and authenticated encryption, of which HTTP/2 forbids the rest (RFC 9113,
  /// 9.2.2 and appendix A). TLS 1.3 knows nothing else.
  private static let suites: [NIOTLSCipher] = [
    .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
  ]

  /// A server that asks every client for a certificate of the given authority.
  ///
  /// - Parameters: paths of PEM files.
  /// - Throws: what is wrong with a file, by name.
  public static func server(
    certificate: String, key: String, trustRoots: String
  ) throws -> TLSConfiguration {
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain(certificate), privateKey: .privateKey(try privateKey(key)))
    settings.trustRoots = .certificates(try roots(trustRoots))
    settings.certificateVerification = .noHostnameVerification
    settings.minimumTLSVersion = .tlsv12
    settings.cipherSuiteValues = suites
    return settings
  }

  /// A server that asks clients for no certificate.
  ///
  /// - Parameters: paths of PEM files.
  /// - Throws: ``TLSFileError``.
  public static func server(certificate: String, key: String) throws -> TLSConfiguration {
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain(certificate), privateKey: .privateKey(try privateKey(key)))
    settings.minimumTLSVersion = .tlsv12
    settings.cipherSuiteValues = suites
    return settings
  }

  /// A client that shows its certificate and trusts the given authority. Host names are not compared,
  /// because addresses come from the registry; the channel compares the identity it expects.
  public static func client(
    certificate: String?, key: String?, trustRoots: String
  ) throws -> TLSConfiguration {
    var settings = TLSConfiguration.makeClientConfiguration()
    if let certificate, let key {
      settings.certificateChain = try chain(certificate)
      settings.privateKey = .privateKey(try privateKey(key))
    }
    settings.trustRoots = .certificates(try roots(trustRoots))
    settings.certificateVerification = .noHostnameVerification
    settings.minimumTLSVersion = .tlsv12
    settings.cipherSuiteValues = suites
    return settings
  }

  private static func chain(_ path: String) throws -> [NIOSSLCertificateSource] {
    try roots(path).map { .certificate($0) }
  }

  private static func roots(_ path: String) throws -> [NIOSSLCertificate] {
    try named(path) { try NIOSSLCertificate.fromPEMFile(path) }
  }

  private static func privateKey(_ path: String) throws -> NIOSSLPrivateKey {
    try named(path) { try NIOSSLPrivateKey(file: path, format: .pem) }
  }

  private static func named<R>(_ path: String, _ read: () throws -> R) throws -> R {
    do {
      return try read()
    } catch {
      throw TLSFileError(path: path, reason: String(describing: error))
    }
  }
}

/// A certificate or key file that cannot be used.
public struct TLSFileError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String { "\(path): \(reason)" }
}
