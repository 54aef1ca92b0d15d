import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import WeftHTTP2

@Suite struct ReloadableTLSTests {
  private func connect(_ port: Int, expecting identity: String, _ client: TLSConfiguration) async throws {
    var settings = client
    settings.applicationProtocols = ["h2"]
    var target = HTTP2ClientConnection.Target(
      address: .tcp(host: "127.0.0.1", port: port), tls: try NIOSSLContext(configuration: settings))
    target.expectedIdentity = identity
    let connection = try await HTTP2ClientConnection.connect(
      to: target, on: MultiThreadedEventLoopGroup.singleton.next(),
      events: .init(draining: { _ in }, closed: { _ in }, capacityChanged: {}))
    connection.close()
  }

  @Test func newConnectionsSeeTheNewCertificateAndABadOneChangesNothing() async throws {
    let certificates = try TestCertificates()
    let tls = try ReloadableTLS(try certificates.server(), role: .server)
    var configuration = HTTPServerConfiguration(port: 0)
    configuration.reloadableTLS = tls
    let client = try certificates.client("client")
    let server = HTTPServer(
      configuration: configuration, responder: ClosureResponder(closure: echo),
      group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
    let port = try #require(try await server.start().port)
    try await connect(port, expecting: TestCertificates.identity("server"), client)
    // A certificate with the key of another.
    let mixed = try WeftTLS.server(
      certificate: certificates.path("client"), key: certificates.path("server-key"),
      trustRoots: certificates.path("ca"))
    #expect(throws: (any Error).self) { try tls.replace(with: mixed) }
    try await connect(port, expecting: TestCertificates.identity("server"), client)
    try tls.replace(with: try certificates.server("client"))
    try await connect(port, expecting: TestCertificates.identity("client"), client)
    await server.shutdown(grace: .zero)
  }
}
