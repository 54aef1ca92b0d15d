import NIOPosix
import NIOSSL
import Testing

@testable import WeftHTTP2

@Suite struct TLSFailureTests {
  @Test(arguments: [
    ("WRONG_VERSION_NUMBER", "does not speak TLS"),
    ("CERTIFICATE_VERIFY_FAILED", "not of an authority that is trusted here"),
    ("TLSV1_ALERT_UNKNOWN_CA", "does not trust the authority"),
    ("TLSV1_ALERT_CERTIFICATE_REQUIRED", "a client certificate is required"),
    ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "has expired"),
    ("SOMETHING_ELSE", "TLS failed: SOMETHING_ELSE"),
  ])
  func codeIsToldInWords(code: String, words: String) {
    let reason = TLSFailure.reason(
      code: "Error: 1 error:100000f7:SSL routines:OPENSSL_internal:\(code) at /somewhere/tls_record.cc:127")
    #expect(reason.contains(words))
    #expect(reason.contains(code))
    #expect(!reason.contains("/somewhere"))
  }

  @Test func otherErrorsAreNotOfTLS() {
    #expect(TLSFailure.reason(CancellationError()) == nil)
  }

  @Test func serverWithoutTLSIsNamedAsSuch() async throws {
    let server = try await SilentServer(first: Frame(Frame.Kind.settings).bytes)
    let certificates = try TestCertificates()
    var settings = try certificates.client("client")
    settings.applicationProtocols = ["h2"]
    let target = HTTP2ClientConnection.Target(
      address: .tcp(host: "127.0.0.1", port: server.port), tls: try NIOSSLContext(configuration: settings))
    let error = await #expect(throws: HTTP2ConnectError.self) {
      _ = try await HTTP2ClientConnection.connect(
        to: target, on: MultiThreadedEventLoopGroup.singleton.next(),
        events: .init(draining: { _ in }, closed: { _ in }, capacityChanged: {}))
    }
    #expect(error?.reason.contains("does not speak TLS") == true)
    #expect(error?.reason.contains(".cc") == false)
    try await server.close()
  }
}
