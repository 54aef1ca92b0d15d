import Synchronization
import WeftRPC

/// Whether a process is on its way out.
public final class ServiceState: Sendable {
  private let draining = Atomic(false)

  public init() {}

  public var isDraining: Bool { draining.load(ordering: .relaxed) }
  public func beginDraining() { draining.store(true, ordering: .relaxed) }
}

extension VitalsResponder {
  /// The vitals of a process: its health as `state` has it, and all its metrics.
  public init(service: String, state: ServiceState) {
    self.init(
      service: service, health: { state.isDraining ? .draining : .healthy },
      pages: [
        "/metrics": {
          Page(
            contentType: "text/plain; version=0.0.4; charset=utf-8",
            text: MetricsRegistry.shared.prometheusText())
        }
      ])
  }
}
