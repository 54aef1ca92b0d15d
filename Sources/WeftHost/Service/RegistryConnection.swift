import NIOCore
import WeftDiscovery
import WeftRPC

/// The way to the registry that the settings name.
public enum RegistryConnection {
  /// - Parameter name: whose certificate to show.
  public static func channel(
    settings: Settings, name: String, group: any EventLoopGroup
  ) throws -> WeftRPC.Channel {
    var tls = ChannelOptions.TLS.plaintext
    if !settings[HostSettings.insecure] {
      let certificates = MeshCertificates(settings: settings, name: name)
      tls = .reloadable(
        try certificates.reloadingClient(), serverIdentity: ServiceIdentity.uri(for: "registry"))
    }
    return WeftRPC.Channel(
      target: settings[HostSettings.registry], options: .registry(tls: tls), group: group)
  }
}
