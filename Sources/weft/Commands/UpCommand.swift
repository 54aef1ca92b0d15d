import ArgumentParser
import Foundation
import Logging
import WeftCertificates
import WeftHost
import WeftSupervisor

/// `weft up`: a whole mesh from one command.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Start a mesh: registry, config service and gateway, each in its own process.",
    discussion: """
      Makes development certificates when there are none, starts every part, starts parts that die again, and stops
      all of them cleanly on Ctrl-C. Settings: weft up --help
      """)

  @Argument(parsing: .captureForPassthrough, help: "Settings, as --help lists them.")
  var arguments: [String] = []

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = try readSettings(
      UpPlan.settings, arguments: arguments, environment: environment, program: "weft up")
    WeftLogging.bootstrap(service: "up", settings: settings)
    let plan = UpPlan(settings: settings)
    try prepareFolders(settings)

    // The children are told everything by flags: a WEFT_PORT meant for one must not reach all.
    let inherited = environment.filter { !$0.key.hasPrefix("WEFT_") }
    let supervisor = Supervisor(
      options: Supervisor.Options(executable: try ownExecutable(), environment: inherited),
      children: plan.children, logger: Logger(label: "supervisor"))
    let signals = TerminationSignals()
    try await run(supervisor, plan: plan, signals: signals)
  }

  private func run(_ supervisor: Supervisor, plan: UpPlan, signals: TerminationSignals) async throws {
    let watcher = Task {
      var count = 0
      for await _ in signals.requests {
        count += 1
        // Asked twice: the person does not want to wait for calls to finish.
        if count == 1 { Task { await supervisor.stop() } } else { await supervisor.kill() }
      }
    }
    defer { watcher.cancel() }
    do {
      let ports = try await supervisor.start()
      print(plan.welcome(ports: ports, command: CommandLine.arguments.first ?? "weft"))
      fflush(nil)
    } catch let error as StartError {
      throw Failure("\(error); see the log above")
    } catch is CancellationError {
      // Asked to stop before everything was ready.
    }
    await supervisor.untilStopped()
  }

  private func prepareFolders(_ settings: Settings) throws {
    let store = CertificateStore(directory: settings[HostSettings.certificates])
    for name in UpPlan.certificateNames { try store.issue(CertificateIdentity(name: name)) }
    do {
      try FileManager.default.createDirectory(
        atPath: settings[HostSettings.data], withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "cannot make the data folder \(settings[HostSettings.data]): \(error.localizedDescription)")
    }
  }

  /// The file that runs now, also when it was found through the PATH or has been replaced since.
  private func ownExecutable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
