import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import WeftHTTP2

/// Who may talk to whom.
@Suite struct MutualTLSTests {
  /// The error that connecting ends with; nil when the connection is served.
  private func failure(
    server: TLSConfiguration, client: TLSConfiguration, expecting identity: String? = nil
  ) async throws -> HTTP2ConnectError? {
    try await withHTTPServer(tls: server, allowsPlaintext: false, echo) { _, port in
      var settings = client
      settings.applicationProtocols = ["h2"]
      var target = HTTP2ClientConnection.Target(
        address: .tcp(host: "127.0.0.1", port: port), tls: try NIOSSLContext(configuration: settings))
      target.expectedIdentity = identity
      do {
        let connection = try await HTTP2ClientConnection.connect(
          to: target, on: MultiThreadedEventLoopGroup.singleton.next(),
          events: .init(draining: { _ in }, closed: { _ in }, capacityChanged: {}))
        connection.close()
        return nil
      } catch let error as HTTP2ConnectError {
        #expect(error.address == "127.0.0.1:\(port)")
        return error
      }
    }
  }

  @Test func clientOfTheAuthorityIsServedAndKnownByItsName() async throws {
    let certificates = try TestCertificates()
    #expect(
      try await failure(
        server: certificates.server(), client: certificates.client("client"),
        expecting: TestCertificates.identity("server")) == nil)
    let respond: Respond = { request, _, writer in
      try await writer.respond(
        status: 200, body: ByteBuffer(string: request.peer.identities.joined(separator: " ")))
    }
    try await withHTTPServer(tls: certificates.server(), respond) { _, port in
      let client = try await TLSClient.connect(port: port, certificates.client("client"))
      try await client.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      _ = try await client.text(through: TestCertificates.identity("client") + " client")
      client.close()
    }
  }

  @Test func clientWithoutACertificateIsRefused() async throws {
    let certificates = try TestCertificates()
    let error = try await failure(server: certificates.server(), client: certificates.client(nil))
    #expect(error?.reason.lowercased().contains("certificate") == true, "\(error?.reason ?? "")")
  }

  @Test func clientOfAnotherAuthorityIsRefused() async throws {
    let certificates = try TestCertificates()
    let error = try await failure(server: certificates.server(), client: certificates.client("stranger"))
    #expect(error?.reason.contains("certificate") == true, "\(error?.reason ?? "")")
    #expect(error?.reason.contains(".cc") == false)
  }

  @Test func clientWithAnExpiredCertificateIsRefused() async throws {
    let certificates = try TestCertificates()
    let error = try await failure(server: certificates.server(), client: certificates.client("expired"))
    #expect(error?.reason.lowercased().contains("expired") == true, "\(error?.reason ?? "")")
  }

  @Test func serverOfAnotherAuthorityIsRefused() async throws {
    let certificates = try TestCertificates()
    let error = try await failure(
      server: certificates.server(), client: certificates.client("client", roots: "other-ca"))
    #expect(error?.reason.lowercased().contains("certificate") == true, "\(error?.reason ?? "")")
  }

  @Test func serverWithAnExpiredCertificateIsRefused() async throws {
    let certificates = try TestCertificates()
    let error = try await failure(
      server: certificates.server("expired"), client: certificates.client("client"))
    #expect(error?.reason.lowercased().contains("certificate") == true, "\(error?.reason ?? "")")
  }

  @Test func serverWithAnotherIdentityIsRefusedByName() async throws {
    let certificates = try TestCertificates()
    let expected = TestCertificates.identity("payments")
    let error = try await failure(
      server: certificates.server(), client: certificates.client("client"), expecting: expected)
    #expect(error?.reason.contains(expected) == true)
    #expect(error?.reason.contains(TestCertificates.identity("server")) == true)
  }

  @Test func missingFileIsNamed() throws {
    let certificates = try TestCertificates()
    let path = certificates.path("nobody")
    #expect(throws: TLSFileError.self) {
      try WeftTLS.server(certificate: path, key: path, trustRoots: certificates.path("ca"))
    }
  }
}
