import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

/// Answers every request with what its path says: `/200`, `/429`; `/slow` never.
private final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data), let code = Int(head.uri.dropFirst().prefix(3)) else {
      return
    }
    let text = "method \(head.method.rawValue), \(head.headers["X-Test"].joined(separator: "+"))"
    let response = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: code))
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

@Suite("A look over the network")
struct NetworkProberTests {
  private let prober = NetworkProber()

  private func withServer(_ body: (Int) async throws -> Void) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(StatusHandler())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body(server.localAddress?.port ?? 0)
    } catch {
      try await server.close()
      throw error
    }
    try await server.close()
  }

  private func http(_ url: String, _ change: (inout HTTPProbe) -> Void = { _ in }) async -> ProbeResult {
    var probe = HTTPProbe(url: url)
    change(&probe)
    return await prober.probe(HealthCheck(id: "c", kind: .http(probe), timeout: .milliseconds(300)))
  }

  @Test(
    "takes 2xx for passing, 429 for a warning, and all else for critical, and keeps what was answered",
    arguments: [
      ("200", HealthStatus.passing), ("204", .passing), ("429", .warning), ("301", .critical),
      ("500", .critical),
    ])
  func statuses(code: String, expected: HealthStatus) async throws {
    try await withServer { port in
      let result = await http("http://127.0.0.1:\(port)/\(code)") {
        $0.method = "PUT"
        $0.headers = ["X-Test": ["a", "b"]]
        $0.body = "body"
      }
      #expect(result.status == expected)
      #expect(result.output.contains(code))
      if code == "200" { #expect(result.output.contains("method PUT, a+b")) }
    }
  }

  @Test("says that nobody answers in time, or at all")
  func unanswered() async throws {
    try await withServer { port in
      let slow = await http("http://127.0.0.1:\(port)/slow")
      #expect(slow.status == .critical)
      #expect(slow.output.contains("no answer in time"))
    }
    let nobody = await http("http://127.0.0.1:1/")
    #expect(nobody.status == .critical)
    #expect(nobody.output.contains("onnection refused"))
    #expect(await http("https://127.0.0.1:1/").status == .critical)
  }

  @Test("connects, for a TCP check")
  func tcp() async throws {
    try await withServer { port in
      let good = await prober.probe(HealthCheck(id: "c", kind: .tcp("127.0.0.1:\(port)")))
      #expect(good.status == .passing)
    }
    let bad = await prober.probe(HealthCheck(id: "c", kind: .tcp("127.0.0.1:1")))
    #expect(bad.status == .critical)
    #expect(bad.output.contains("127.0.0.1:1"))
  }

  @Test("asks gRPC's health service, of the server or of one service")
  func grpc() async throws {
    try await withLiveRegistry { live, _ in
      let target = "127.0.0.1:\(live.port)"
      func probe(_ service: String) async -> ProbeResult {
        await prober.probe(HealthCheck(id: "c", kind: .grpc(GRPCProbe(target: target, service: service))))
      }
      #expect(await probe("").status == .passing)
      #expect(await probe("weft.registry.v1.RegistryService").status == .passing)
      #expect(await probe("none").status == .critical)
    }
    let nobody = await prober.probe(
      HealthCheck(id: "c", kind: .grpc(GRPCProbe(target: "127.0.0.1:1")), timeout: .milliseconds(500)))
    #expect(nobody.status == .critical)
  }
}
