import Logging
import NIOCore
import WeftDiscovery
import WeftRPC

/// A service's place in the registry, kept up by heartbeats until it leaves.
final class Membership: Sendable {
  private let channel: WeftRPC.Channel
  private let registration: Registration
  private let task: Task<Void, Never>

  init(channel: WeftRPC.Channel, registration: Registration, logger: Logger) {
    self.channel = channel
    self.registration = registration
    task = Task {
      do {
        try await registration.run()
      } catch {
        // The registry will not have this service as it is: it can be called, but nobody finds it.
        logger.error("the registry refuses this service", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Returns once others can find the service, or when the task is cancelled.
  func waitUntilJoined() async {
    await registration.waitUntilRegistered()
  }

  /// Takes the service out of the registry, and waits until that is done.
  func leave() async {
    task.cancel()
    await task.value
    await channel.shutdown()
  }
}

extension WeftService {
  func join(
    _ handlers: [any RPCService], port: Int, settings: Settings, group: any EventLoopGroup, logger: Logger
  ) throws -> Membership {
    let channel = try RegistryConnection.channel(settings: settings, name: name, group: group)
    let address = try Self.advertisedAddress(settings)
    // One address has one instance: a service that comes back after a crash replaces itself at once.
    let instance = ServiceInstance(
      service: name, id: "\(address):\(port)", address: address, port: port,
      protoServices: handlers.map { type(of: $0).serviceName }, version: version,
      zone: settings[HostSettings.zone],
      weight: settings[HostSettings.weight])
    let registration = Registration(
      client: RegistryClient(channel: channel), instance: instance,
      descriptorSet: try descriptorSet(of: handlers),
      ttl: settings[HostSettings.lease], logger: logger)
    return Membership(channel: channel, registration: registration, logger: logger)
  }

  /// The address that others are to use.
  /// - Throws: ``SettingsError`` when this process listens everywhere, which is no address to call.
  static func advertisedAddress(_ settings: Settings) throws(SettingsError) -> String {
    let advertised = settings[HostSettings.advertise]
    guard advertised.isEmpty else { return advertised }
    let host = settings[HostSettings.host]
    guard host != "0.0.0.0", host != "::" else {
      throw SettingsError(
        key: "advertise", source: "default",
        reason: "must be set: others cannot call \(host), which 'host' is set to")
    }
    return host
  }
}
