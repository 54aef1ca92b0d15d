import NIOCore
import NIOSSL
import Synchronization
import WeftHTTP2

/// A connection to one address that is made again whenever it ends.
final class Subchannel: Sendable {
  enum Status: Sendable {
    case connecting
    case ready(HTTP2ClientConnection)
    /// Waiting before the next attempt.
    case failed(reason: String, failures: Int)
  }

  private struct State {
    var status = Status.connecting
    var task: Task<Void, Never>?
    /// The pause before the next attempt.
    var pause: Task<Void, Never>?
    var isShutDown = false
  }

  let endpoint: Endpoint
  /// Calls that run on it now.
  let inFlight = Atomic<Int>(0)
  private let options: ChannelOptions
  private let tls: NIOSSLContext?
  private let group: any EventLoopGroup
  private let state = Mutex(State())
  private let onChange: @Sendable () -> Void

  /// Connections that end sooner are counted,
  private static let shortLife: Duration = .seconds(1)
  /// and after this many in a row there is a pause.
  private static let maxShortLives = 5

  init(
    endpoint: Endpoint, options: ChannelOptions, tls: NIOSSLContext?, group: any EventLoopGroup,
    onChange: @escaping @Sendable () -> Void
  ) {
    self.endpoint = endpoint
    self.options = options
    self.tls = tls
    self.group = group
    self.onChange = onChange
  }

  var status: Status { state.withLock { $0.status } }

  /// The connection, when calls can be made on it now.
  var connection: HTTP2ClientConnection? {
    if case .ready(let connection) = status { connection } else { nil }
  }

  func start() {
    let task = Task { await run() }
    state.withLock { $0.task = task }
  }

  /// Takes no more calls; those that run may finish.
  func shutdown() {
    let (task, status) = state.withLock { state in
      state.isShutDown = true
      return (state.task, state.status)
    }
    task?.cancel()
    if case .ready(let connection) = status { connection.drain() }
  }

  /// Closes at once.
  func close() {
    let connection = connection
    shutdown()
    connection?.close()
  }

  private func run() async {
    var failures = 0
    var shortLives = 0
    while !Task.isCancelled {
      set(.connecting)
      let ended = OneShot<String>()
      do {
        let connection = try await connect(ended)
        if Task.isCancelled { return connection.close() }
        failures = 0
        let start = ContinuousClock.now
        set(.ready(connection))
        let reason = (try? await ended.value()) ?? "the channel was shut down"
        // A server that takes connections only to end them is not called without a pause.
        shortLives = .now - start < Self.shortLife ? shortLives + 1 : 0
        if shortLives >= Self.maxShortLives {
          set(.failed(reason: "connections end at once: \(reason)", failures: shortLives))
          await pause(options.backoff.delay(afterFailure: shortLives - Self.maxShortLives + 1))
        }
        options.logger.debug(
          "connection ended", metadata: ["address": "\(endpoint.text)", "reason": "\(reason)"])
      } catch {
        failures += 1
        let reason = (error as? HTTP2ConnectError)?.reason ?? String(describing: error)
        set(.failed(reason: reason, failures: failures))
        options.logger.debug(
          "connecting failed", metadata: ["address": "\(endpoint.text)", "reason": "\(reason)"])
        await pause(options.backoff.delay(afterFailure: failures))
      }
    }
  }

  /// Ends a pause between attempts: there is news of the address.
  func connectNow() {
    state.withLock { $0.pause }?.cancel()
  }

  private func pause(_ duration: Duration) async {
    let pause = Task { _ = try? await Task.sleep(for: duration) }
    state.withLock { $0.pause = pause }
    await withTaskCancellationHandler {
      await pause.value
    } onCancel: {
      pause.cancel()
    }
    state.withLock { $0.pause = nil }
  }

  /// A connection takes no more calls. Told at once, so that no call is given to it while ``run()`` wakes up.
  private func lost(_ reason: String, _ ended: OneShot<String>) {
    // A connection that drained and then closes has been replaced meanwhile.
    if ended.valueNow != nil { return }
    let isLost = state.withLock { state in
      guard case .ready = state.status, !state.isShutDown else { return false }
      state.status = .connecting
      return true
    }
    if isLost { onChange() }
    ended.succeed(reason)
  }

  private func set(_ status: Status) {
    state.withLock { $0.status = status }
    onChange()
  }

  private func connect(_ ended: OneShot<String>) async throws -> HTTP2ClientConnection {
    let address: HTTP2ClientConnection.Target.Address =
      endpoint.host.hasPrefix("unix:")
      ? .unix(path: String(endpoint.host.dropFirst("unix:".count)))
      : .tcp(host: endpoint.host, port: endpoint.port)
    var target = HTTP2ClientConnection.Target(address: address, tls: tls)
    target.serverName = options.authority ?? endpoint.host
    target.expectedIdentity = endpoint.serverIdentity
    if target.expectedIdentity == nil, case .tls(_, let identity) = options.tls {
      target.expectedIdentity = identity
    }
    target.timeout = TimeAmount(options.connectTimeout)
    target.limits = options.http
    return try await HTTP2ClientConnection.connect(
      to: target, on: group.next(),
      events: .init(
        draining: { [weak self] in self?.lost($0, ended) }, closed: { [weak self] in self?.lost($0, ended) },
        capacityChanged: {}))
  }
}
