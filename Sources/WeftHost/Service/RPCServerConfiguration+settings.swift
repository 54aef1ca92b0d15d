import WeftRPC

extension RPCServerConfiguration {
  /// Where the settings say, with the certificate of `name`, and without TLS only when they say so.
  public init(settings: Settings, name: String, port: SettingKey<Int>) throws {
    self.init(host: settings[HostSettings.host], port: settings[port])
    serviceName = name
    if settings[HostSettings.insecure] {
      insecure = true
    } else {
      tls = try MeshCertificates(settings: settings, name: name).server()
    }
  }
}
