import Foundation
import Logging
import Synchronization
import Testing
import WeftRPC

/// Handlers that hold their event loop up.
@Suite struct BlockedLoopTests {
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Recorder: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines.add("\(event.message) \(event.metadata?["method"].map { "\($0)" } ?? "")")
    }
  }

  /// Blocks its thread until `isDone`, as no handler should.
  private static func block(until isDone: () -> Bool) {
    while !isDone() { usleep(1000) }
  }

  @Test(arguments: [false, true])
  func aHandlerThatBlocksIsNamedWhileItDoes(afterAWait: Bool) async throws {
    let lines = Lines()
    var configuration = RPCServerConfiguration.plain
    configuration.blockedLoopThreshold = .milliseconds(20)
    let service = EchoService(unary: { request, _ in
      if afterAWait { try await Task.sleep(for: .milliseconds(1)) }
      Self.block { lines.all.contains { $0.contains("/test.Echo/Unary") } }
      return request
    })
    let server = RPCServer(
      configuration: configuration, services: [service],
      logger: Logger(label: "test") { _ in Recorder(lines: lines) })
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
