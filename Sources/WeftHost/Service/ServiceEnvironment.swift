import Logging
import Synchronization

/// What a service is given when it starts: its settings, its log, its folder, and a say in its end.
public final class ServiceEnvironment: Sendable {
  public let name: String
  public let settings: Settings
  public let logger: Logger

  private struct Hooks {
    var draining: [@Sendable () async -> Void] = []
    var stopped: [@Sendable () async -> Void] = []
  }

  private let hooks = Mutex(Hooks())

  init(name: String, settings: Settings, logger: Logger) {
    self.name = name
    self.settings = settings
    self.logger = logger
  }

  /// The folder for what the service stores.
  public var dataDirectory: String { settings[HostSettings.data] }

  /// Runs when the process is about to stop, while calls still run: end here what would go on for ever.
  public func onDrain(_ action: @escaping @Sendable () async -> Void) {
    hooks.withLock { $0.draining.append(action) }
  }

  /// Runs when the last call has ended: close stores here. Last added, first run.
  public func onStop(_ action: @escaping @Sendable () async -> Void) {
    hooks.withLock { $0.stopped.append(action) }
  }

  func drain() async {
    for action in hooks.withLock({ $0.draining }) { await action() }
  }

  func stop() async {
    for action in hooks.withLock({ $0.stopped.reversed() }) { await action() }
  }
}
