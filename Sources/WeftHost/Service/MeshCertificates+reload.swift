import Logging
import NIOSSL
import WeftHTTP2

extension MeshCertificates {
  /// A server's settings that follow the files: certificates are renewed without a restart.
  ///
  /// - Parameter interval: how often the files are looked at.
  public func reloadingServer(every interval: Duration = .seconds(5)) throws -> ReloadableTLS {
    try reloading(.server, every: interval) { try server() }
  }

  /// A client's settings that follow the files.
  public func reloadingClient(every interval: Duration = .seconds(5)) throws -> ReloadableTLS {
    try reloading(.client, every: interval) { try client() }
  }

  private func reloading(
    _ role: ReloadableTLS.Role, every interval: Duration,
    _ read: @escaping @Sendable () throws -> TLSConfiguration
  ) throws -> ReloadableTLS {
    let watch = FileWatch(files)
    let tls = try ReloadableTLS(try read(), role: role)
    let logger = Logger(label: "weft.certificates")
    watch.follow(for: tls, every: interval) { tls in
      do {
        try tls.replace(with: try read())
        logger.info("certificates renewed", metadata: ["certificate": "\(certificate)"])
      } catch {
        // A certificate and its key are two files: between the two writes they do not fit.
        logger.warning(
          "certificates changed but cannot be used; the old ones stay",
          metadata: ["certificate": "\(certificate)", "error": "\(error)"])
      }
    }
    return tls
  }
}
