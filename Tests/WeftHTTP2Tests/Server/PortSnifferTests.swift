import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Testing

@testable import WeftHTTP2

/// One port, whatever is spoken to it.
@Suite struct PortSnifferTests {
  @Test func plainHTTP1AndPriorKnowledgeHTTP2ShareAPort() async throws {
    try await withHTTPServer(echo) { _, port in
      #expect(try await statusLine("/", port: port) == "HTTP/1.1 200 OK\r\n")
      let client = try await RawClient.connect(port: port)
      // A byte at a time, so that nothing can be decided by the first.
      for byte in Frame.opening + Frame.request(stream: 1) { client.push([byte]) }
      _ = try await client.receive { Frame.parse($0).contains { $0.type == Frame.Kind.headers } }
      client.close()
    }
  }

  @Test func requestThatBeginsLikeThePrefaceIsHTTP1() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("P")
      try await client.send("UT /x HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.text(through: "/x")
      client.close()
    }
  }

  @Test func garbageIsAnsweredAndClosed() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send([0xff, 0x00, 0x16, 0x03] + [UInt8](repeating: 0x0a, count: 100))
      #expect(await client.restText().hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func connectionThatSaysNothingIsClosed() async throws {
    try await withHTTPServer(limits: .impatient, tls: try TestCertificates().server(), echo) { _, port in
      let silent = try await RawClient.connect(port: port)
      let half = try await RawClient.connect(port: port)
      try await half.send([0x16, 0x03, 0x01])
      #expect(await silent.rest().isEmpty)
      _ = await half.rest()
    }
  }

  @Test func plainTextIsRefusedWhereOnlyTLSIsServed() async throws {
    try await withHTTPServer(tls: try TestCertificates().server(), allowsPlaintext: false, echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await client.rest().isEmpty)
    }
  }

  @Test func brokenTLSIsClosed() async throws {
    try await withHTTPServer(tls: try TestCertificates().server(), echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send([0x16, 0x03, 0x01, 0x00, 0x05] + [UInt8](repeating: 0xff, count: 200))
      _ = await client.rest()
    }
  }

  @Test(arguments: ["h2", "http/1.1", nil])
  func negotiatedProtocolIsServed(_ name: String?) async throws {
    let certificates = try TestCertificates()
    var settings = try certificates.client("client")
    settings.applicationProtocols = name.map { [$0] } ?? []
    try await withHTTPServer(tls: try certificates.server(), echo) { _, port in
      let client = try await TLSClient.connect(port: port, settings)
      // Without ALPN the first bytes decide.
      if name == "h2" {
        try await client.send(Frame.opening + Frame.request(stream: 1))
        _ = try await client.receive { Frame.parse($0).contains { $0.type == Frame.Kind.headers } }
      } else {
        try await client.send(Array("GET /x HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        _ = try await client.text(through: "/x")
      }
      client.close()
    }
  }

  @Test func negotiatedHTTP2ThatNeverBeginsIsClosed() async throws {
    let certificates = try TestCertificates()
    var settings = try certificates.client("client")
    settings.applicationProtocols = ["h2"]
    try await withHTTPServer(limits: .impatient, tls: try certificates.server(), echo) { _, port in
      let client = try await TLSClient.connect(port: port, settings)
      _ = await client.rest()
    }
  }
}

/// A plain socket with TLS around it.
enum TLSClient {
  static func connect(port: Int, _ settings: TLSConfiguration) async throws -> RawClient {
    let context = try NIOSSLContext(configuration: settings)
    return try await RawClient.connect(port: port) { pipeline in
      try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
    }
  }
}
