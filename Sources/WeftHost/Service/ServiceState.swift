import Synchronization
import WeftHTTP2
import WeftRPC

/// Whether a process is on its way out.
public final class ServiceState: Sendable {
  private let draining = Atomic(false)

  public init() {}

  public var isDraining: Bool { draining.load(ordering: .relaxed) }
  public func beginDraining() { draining.store(true, ordering: .relaxed) }
}

extension VitalsResponder {
  /// The vitals of a process: its health as `state` has it, all its metrics, and what it is doing.
  ///
  /// - Parameter debug: who may look at `/debug`.
  public init(service: String, state: ServiceState, debug: DebugPages.Access = .local) {
    var pages: [String: @Sendable (HTTPRequestHead) async -> Page] = [
      "/metrics": { _ in
        Page(
          contentType: "text/plain; version=0.0.4; charset=utf-8",
          body: await MetricsRegistry.sharedPage.value())
      }
    ]
    let debugging = DebugPages(service: service, access: debug)
    if debugging.isOn {
      pages[DebugPages.path] = { request in
        let answer = await debugging.answer(request)
        return Page(
          status: answer.status, contentType: answer.fields["content-type"] ?? "text/plain",
          body: answer.body, fields: answer.fields)
      }
    }
    self.init(
      service: service, health: { state.isDraining ? .draining : .healthy }, pages: pages)
  }
}
