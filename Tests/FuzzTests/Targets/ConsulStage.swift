import Logging
import NIOCore
import WeftDiscovery
import WeftHTTP2
import WeftRegistry

@testable import WeftConsul

/// A registry behind Consul's API, made anew now and then, so that it never holds much.
actor ConsulStage {
  /// Goes nowhere, whatever address a check names.
  private struct NoProber: CheckProber {
    func probe(_ check: HealthCheck) async -> ProbeResult { ProbeResult(status: .passing, output: "") }
  }

  private struct Play {
    let responder: ConsulResponder
    let running: Task<Void, Never>
  }

  private static let requestsPerPlay = 100
  private static let silent = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }

  private var play: Play?
  private var requests = 0

  func ask(_ method: String, _ target: String, _ body: ByteBuffer) async throws -> ConsulAnswer {
    requests += 1
    if requests % Self.requestsPerPlay == 0 {
      play?.running.cancel()
      play = nil
    }
    let play = try await current()
    let head = HTTPRequestHead(
      method: method, target: target, fields: ["x-consul-token": "root"],
      peer: PeerInfo(remoteAddress: "127.0.0.1:1"))
    return try await play.responder.answer(head) { body.readableBytes > $0 ? ByteBuffer() : body }
  }

  private func current() async throws -> Play {
    if let play { return play }
    var configuration = RegistryConfiguration()
    configuration.access.isEnabled = true
    configuration.access.initialManagementSecret = "root"
    let registry = try await Registry(
      store: MemoryStore(), configuration: configuration, logger: Self.silent, prober: NoProber())
    let made = Play(
      responder: ConsulResponder(registry: registry, logger: Self.silent),
      running: Task { await registry.run() })
    try await registry.beginIndexes()
    play = made
    return made
  }
}
