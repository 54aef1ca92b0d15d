import Foundation
import NIOPosix
import NIOSSL
import Testing
import WeftCertificates
import WeftHTTP2
import WeftRPC

@testable import WeftHost

/// Certificates that are renewed while a server runs.
@Suite struct CertificateReloadTests {
  private func serial(_ tls: ReloadableTLS) -> [NIOSSLCertificateSource] { tls.settings.certificateChain }

  @Test func aRenewedCertificateIsShownWithoutARestart() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = CertificateStore(directory: folder.path)
    try store.issue(CertificateIdentity(name: "hello"))
    try store.issue(CertificateIdentity(name: "other"))
    let certificates = MeshCertificates(directory: folder.path, name: "hello")
    let tls = try certificates.reloadingServer(every: .milliseconds(1))
    let old = serial(tls)
    // The key first, so that for a moment the two do not fit.
    for (from, to) in [("other-key.pem", "hello-key.pem"), ("other.pem", "hello.pem")] {
      let data = try Data(contentsOf: folder.appendingPathComponent(from))
      try data.write(to: folder.appendingPathComponent(to), options: .atomic)
    }
    while serial(tls) == old { await Task.yield() }
    #expect(serial(tls) == (try certificates.server().certificateChain))
  }
}
