import NIOCore
import WeftDiscovery
import WeftRPC

/// The way to the registry that the settings name.
public enum RegistryConnection {
  /// - Parameter name: whose certificate to show.
  public static func channel(
    settings: Settings, name: String, group: any EventLoopGroup
  ) throws -> WeftRPC.Channel {
    var options = ChannelOptions()
    if !settings[HostSettings.insecure] {
      let certificates = MeshCertificates(settings: settings, name: name)
      options.tls = .tls(try certificates.client(), serverIdentity: ServiceIdentity.uri(for: "registry"))
    }
    // Everything waits for the registry: look for it more often than gRPC's backoff of up to two minutes does.
    options.backoff.initial = .milliseconds(100)
    options.backoff.max = .seconds(1)
    return WeftRPC.Channel(target: settings[HostSettings.registry], options: options, group: group)
  }
}
