import FoundationEssentials
import WeftRPC

extension RPCServerConfiguration {
  /// Where the settings say, with the certificate of `name` as it is renewed, and without TLS only when they
  /// say so; with the authorisation policy that they name.
  public init(settings: Settings, name: String, port: SettingKey<Int>) throws {
    self.init(host: settings[HostSettings.host], port: settings[port])
    serviceName = name
    channelz = true
    tracing = .process
    slowCall = settings[HostSettings.slowCall]
    compression = settings[HostSettings.compression]
    binaryLog = try Self.binaryLog(settings: settings, name: name)
    if settings[HostSettings.insecure] {
      insecure = true
    } else {
      reloadableTLS = try MeshCertificates(settings: settings, name: name).reloadingServer()
    }
    authorizer = try AuthorizationFile.authorizer(settings: settings)
    if settings[HostSettings.maxCalls] > 0 { concurrencyLimit = .fixed(settings[HostSettings.maxCalls]) }
    // Each method on its own: what is long for one is quick for another.
    if settings[HostSettings.shedLoad] { methodLimits["*"] = .adaptive() }
    if settings[HostSettings.maxConnectionAge] > .zero {
      maxConnectionAge = settings[HostSettings.maxConnectionAge]
    }
    let blocked = settings[HostSettings.blockedLoop]
    blockedLoopThreshold = blocked > .zero ? blocked : nil
  }

  /// The log that the settings ask for.
  private static func binaryLog(settings: Settings, name: String) throws -> BinaryLog? {
    let filter = settings[HostSettings.binaryLog]
    if filter.isEmpty { return nil }
    var path = settings[HostSettings.binaryLogFile]
    if path.isEmpty {
      let folder = settings[HostSettings.data]
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      path = "\(folder)/\(name).binlog"
    }
    return BinaryLog(filter: try BinaryLogFilter(filter), sink: try BinaryLogFile(path: path))
  }
}
