import Foundation
import InMemoryLogging
import Logging
import Testing
import WeftRPC

/// Handlers that hold their event loop up.
@Suite struct BlockedLoopTests {
  /// Blocks its thread until `isDone`, as no handler should.
  private static func block(until isDone: () -> Bool) {
    while !isDone() { usleep(1000) }
  }

  @Test(arguments: [false, true])
  func aHandlerThatBlocksIsNamedWhileItDoes(afterAWait: Bool) async throws {
    let log = InMemoryLogHandler()
    var configuration = RPCServerConfiguration.plain
    configuration.blockedLoopThreshold = .milliseconds(20)
    let service = EchoService(unary: { request, _ in
      if afterAWait { try await Task.sleep(for: .milliseconds(1)) }
      Self.block { log.entries.contains { $0.metadata["method"] == "/test.Echo/Unary" } }
      return request
    })
    let server = RPCServer(
      configuration: configuration, services: [service],
      logger: Logger(label: "test") { _ in log })
    let port = try #require(try await server.start().port)
    try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
      // Returns only because the log has told of it.
      let reply = try await channel.unary(Echo.unary, Text("x")).value
      #expect(reply == "x")
    }
    await server.shutdown(grace: .zero)
    let metrics = MetricsRegistry.shared.prometheusText()
    #expect(metrics.contains(#"weft_server_loop_blocked_total{grpc_method="test.Echo/Unary"}"#))
  }
}
