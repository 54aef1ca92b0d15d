import ArgumentParser
import Foundation
import WeftDiscovery
import WeftRPC

/// `weft watch`: what changes, as it changes.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show the instances of a service and then every change of them, until Ctrl-C.",
    discussion: """
        weft watch config
        weft watch                  all services

      One line for each change: the revision, + for an instance that came or changed, - for one that went.
      """)

  @Argument(help: "The service: NAME, or NAMESPACE/NAME; all when left out.")
  var service: String?

  @OptionGroup var options: RegistryOptions

  func run() async throws {
    do {
      try await options.registryClient().watch(service: service) { update in
        for line in Self.lines(update) { print(line) }
        fflush(nil)
      }
      throw Failure("the registry at \(options.address) ended the watch")
    } catch let error as RPCError {
      throw Failure("the registry at \(options.address) does not answer: \(error)")
    }
  }

  static func lines(_ update: WatchUpdate) -> [String] {
    let snapshot = (update.snapshot ?? []).map { line(update.position.revision, $0) }
    return snapshot
      + update.changes.map { change in
        switch change.kind {
        case .put(let instance): line(change.revision, instance)
        case .removed(let key): "\(change.revision) - \(key)"
        }
      }
  }

  private static func line(_ revision: UInt64, _ instance: ServiceInstance) -> String {
    "\(revision) + \(instance.key) \(instance.address):\(instance.port) \(instance.status.rawValue)"
  }
}
