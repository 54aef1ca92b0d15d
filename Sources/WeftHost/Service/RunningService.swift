import WeftRPC

/// A service that listens. It goes on until ``stop()``.
public final class RunningService: RunningProcess {
  /// Where it listens.
  public let port: Int
  private let server: RPCServer
  private let state: ServiceState
  private let environment: ServiceEnvironment
  private let membership: Membership?
  private let drain: Duration

  init(
    port: Int, server: RPCServer, state: ServiceState, environment: ServiceEnvironment,
    membership: Membership?, drain: Duration
  ) {
    self.port = port
    self.server = server
    self.state = state
    self.environment = environment
    self.membership = membership
    self.drain = drain
  }

  /// Returns once the service is registered.
  public func settle() async {
    await membership?.waitUntilJoined()
  }

  /// Leaves the registry first, so that no new calls come; then lets running ones finish, and closes.
  public func stop() async {
    state.beginDraining()
    await membership?.leave()
    await environment.drain()
    await server.shutdown(grace: drain)
    await environment.stop()
    environment.logger.info("stopped")
  }
}
