import Foundation
import Logging
import NIOCore
import NIOPosix
import WeftMetrics
import WeftRPC
import WeftTracing

/// Something that listens until it is stopped.
public protocol RunningProcess: Sendable {
  var port: Int { get }
  /// Returns once others can make use of it, which may need the registry. A supervisor waits for that, within bounds.
  func settle() async
  /// Stops without losing what runs; returns when nothing of it is left.
  func stop() async
}

extension RunningProcess {
  public func settle() async {}
}

/// The life of every process of the mesh: settings, logs, signals, its supervisor, a start, an end.
public struct MeshProcess: Sendable {
  public let name: String
  public let settings: [any SettingDeclaration]
  let start: @Sendable (Settings, any EventLoopGroup, Logger) async throws -> any RunningProcess

  /// - Parameters:
  ///   - name: as in logs.
  ///   - start: returns when calls are answered.
  public init(
    name: String, settings: [any SettingDeclaration],
    start: @escaping @Sendable (Settings, any EventLoopGroup, Logger) async throws -> any RunningProcess
  ) {
    self.name = name
    self.settings = settings
    self.start = start
  }

  /// Runs until the process is asked to stop. One that cannot start says why in one line on standard error and ends
  /// with code 1.
  public func run(
    arguments: [String] = Array(CommandLine.arguments.dropFirst()),
    environment: [String: String] = ProcessInfo.processInfo.environment, program: String? = nil
  ) async {
    ProcessLimits.prepare()
    let program = program ?? name
    do {
      let loader = SettingsLoader(settings)
      switch try loader.load(arguments: arguments, environment: environment, program: program) {
      case .help(let text): print(text)
      case .settings(let settings): try await run(settings: settings, environment: environment)
      }
    } catch {
      FileHandle.standardError.write(Data("\(program): \(error)\n".utf8))
      exit(1)
    }
  }

  private func run(settings: Settings, environment: [String: String]) async throws {
    let link = SupervisorLink.inherited(from: environment)
    link?.stopWithSupervisor()
    let signals = TerminationSignals()
    WeftLogging.bootstrap(service: name, settings: settings)
    // What handlers and their libraries measure and trace by Swift's common packages is told with the rest.
    WeftMetricsFactory.install()
    WeftTracer.install()

    let threads = settings[HostSettings.threads]
    if threads > 0 { NIOSingletons.groupLoopCountSuggestion = threads }
    // These loops are never shut down: the process ends with them, and until then a connection may still be closing.
    let group = MultiThreadedEventLoopGroup.singleton
    let logger = Logger(label: name)
    let telemetry = ProcessTelemetry.start(service: name, settings: settings, group: group, logger: logger)
    let running = try await start(settings, group, logger)
    if let link {
      await wait(atMost: .seconds(3)) { await running.settle() }
      link.reportReady(port: running.port)
    }
    let keeper = Task.detached { await RestKeeper.run() }
    let history = Task.detached { await MethodHistory.shared.run() }

    await signals.first()
    keeper.cancel()
    history.cancel()
    // A second request does not wait for calls that still run.
    let impatience = Task {
      await signals.first()
      if !Task.isCancelled { _exit(1) }
    }
    await running.stop()
    await telemetry?.stop()
    impatience.cancel()
  }
}
