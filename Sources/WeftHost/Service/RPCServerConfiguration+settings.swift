import WeftRPC

extension RPCServerConfiguration {
  /// Where the settings say, with the certificate of `name` as it is renewed, and without TLS only when they
  /// say so; with the authorisation policy that they name.
  public init(settings: Settings, name: String, port: SettingKey<Int>) throws {
    self.init(host: settings[HostSettings.host], port: settings[port])
    serviceName = name
    slowCall = settings[HostSettings.slowCall]
    if settings[HostSettings.insecure] {
      insecure = true
    } else {
      reloadableTLS = try MeshCertificates(settings: settings, name: name).reloadingServer()
    }
    authorizer = try AuthorizationFile.authorizer(settings: settings)
  }
}
