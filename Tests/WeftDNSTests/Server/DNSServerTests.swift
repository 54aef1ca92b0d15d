import Logging
import NIOCore
import NIOPosix
import Testing
import WeftRPC

@testable import WeftDNS

@Suite("A DNS server on a port")
struct DNSServerTests {
  private static func server(
    port: Int = 0, limits: DNSServerLimits = DNSServerLimits(), instances: Int = 3
  ) throws -> DNSServer {
    let asker = try Asker(services: ["web": DNSInstance.many(instances)])
    var configuration = DNSServerConfiguration()
    configuration.port = port
    configuration.limits = limits
    return DNSServer(
      responder: asker.responder, configuration: configuration, metrics: MetricsRegistry(),
      logger: Logger(label: "test"))
  }

  private func running(
    limits: DNSServerLimits = DNSServerLimits(), instances: Int = 3,
    _ body: (SocketAddress) async throws -> Void
  ) async throws {
    let server = try Self.server(limits: limits, instances: instances)
    let address = try await server.start()
    do { try await body(address) } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
  }

  private func framed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  @Test("answers over UDP and TCP on the same port")
  func bothTransports() async throws {
    try await running { address in
      let query = Asker.query("web.service.consul", .a)
      let udp = try DNSMessage(try await PlainClient.udp(query, to: address))
      #expect(udp.answers.count == 3)
      let tcp = try await PlainClient.tcp(framed(query) + framed(query), messages: 2, to: address)
      #expect(tcp.count == 2)
    }
  }

  @Test("answers garbage before and after it")
  func garbage() async throws {
    try await running { address in
      for count in [0, 1, 11, 12, 13, 600, 3_000] {
        let bytes = [UInt8](repeating: 0x2A, count: count)
        // A header with QR clear is answered; shorter ones are not, and nobody waits for that here.
        if count >= 12 { _ = try await PlainClient.udp(bytes, to: address) }
      }
      let answer = try await PlainClient.udp(Asker.query("web.service.consul", .a), to: address)
      #expect(try DNSMessage(answer).answers.count == 3)
    }
  }

  @Test("asks a client that got a part of the answer to come by TCP")
  func truncation() async throws {
    try await running(instances: 300) { address in
      let query = Asker.query("web.service.consul", .a)
      #expect(try DNSMessage(try await PlainClient.udp(query, to: address)).header.isTruncated)
      let whole = try await PlainClient.tcp(framed(query), messages: 1, to: address)
      #expect(try DNSMessage(try #require(whole.first)).answers.count == 300)
    }
  }

  @Test("answers a client that asks far more than it can read at once")
  func backPressure() async throws {
    try await running(instances: 300) { address in
      let query = framed(Asker.query("web.service.consul", .srv))
      let answers = try await PlainClient.tcp(
        Array(repeatElement(query, count: 150).joined()), messages: 150, to: address)
      #expect(answers.count == 150)
    }
  }

  @Test("closes connections over the limit of one source")
  func connectionLimit() async throws {
    var limits = DNSServerLimits()
    limits.connectionsPerSource = 0
    try await running(limits: limits) { address in
      let answers = try? await PlainClient.tcp(
        framed(Asker.query("web.service.consul", .a)), messages: 1, to: address)
      #expect(answers?.isEmpty ?? true)
    }
  }

  @Test("closes a connection without queries")
  func idle() async throws {
    var limits = DNSServerLimits()
    limits.idleTimeout = .milliseconds(20)
    try await running(limits: limits) { address in
      let answers = try await PlainClient.tcp([0], messages: 1, to: address)
      #expect(answers.isEmpty)
    }
  }

  @Test("sends a source above its rate to TCP")
  func rate() async throws {
    var limits = DNSServerLimits()
    limits.queriesPerSecond = 1
    limits.limitsLoopback = true
    try await running(limits: limits) { address in
      let query = Asker.query("web.service.consul", .a)
      #expect(try DNSMessage(try await PlainClient.udp(query, to: address)).answers.count == 3)
      // The first that is too many is answered so; only those after it may get nothing.
      var next = try DNSMessage(try await PlainClient.udp(query, to: address))
      while !next.header.isTruncated { next = try DNSMessage(try await PlainClient.udp(query, to: address)) }
      #expect(next.answers.isEmpty)
    }
  }

  @Test("does not share its port with a second one")
  func portTaken() async throws {
    try await running { address in
      let second = try Self.server(port: try #require(address.port))
      await #expect(throws: IOError.self) { try await second.start() }
    }
  }

  @Test("gives its port back")
  func shutdown() async throws {
    let first = try Self.server()
    let port = try #require(try await first.start().port)
    await first.shutdown()
    let second = try Self.server(port: port)
    #expect(try await second.start().port == port)
    await second.shutdown()
  }
}
