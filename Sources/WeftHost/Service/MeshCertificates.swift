import Glibc
import NIOSSL
import WeftHTTP2

/// The files of one process in the certificate folder.
public struct MeshCertificates: Sendable {
  public let directory: String
  public let name: String

  public init(directory: String, name: String) {
    self.directory = directory
    self.name = name
  }

  init(settings: Settings, name: String) {
    self.init(directory: settings[HostSettings.certificates], name: name)
  }

  var certificate: String { "\(directory)/\(name).pem" }
  private var key: String { "\(directory)/\(name)-key.pem" }
  private var trustRoots: String { "\(directory)/ca.pem" }

  var files: [String] { [certificate, key, trustRoots] }

  public func server() throws -> TLSConfiguration {
    try named { try WeftTLS.server(certificate: certificate, key: key, trustRoots: trustRoots) }
  }

  public func client() throws -> TLSConfiguration {
    try named { try WeftTLS.client(certificate: certificate, key: key, trustRoots: trustRoots) }
  }

  private func named<R>(_ make: () throws -> R) throws -> R {
    for path in files where access(path, R_OK) != 0 {
      throw CertificatesUnusable(
        directory: directory, name: name, reason: "\(path): \(String(cString: strerror(errno)))")
    }
    do {
      return try make()
    } catch {
      throw CertificatesUnusable(directory: directory, name: name, reason: "\(error)")
    }
  }
}

/// Certificates that a process needs and cannot use, with what to do about it.
public struct CertificatesUnusable: Error, Sendable, CustomStringConvertible {
  let directory: String
  let name: String
  let reason: String

  public var description: String {
    "no usable certificate for '\(name)' in \(directory): \(reason); make one with 'weft certs issue \(name) --certs \(directory)'"
  }
}
