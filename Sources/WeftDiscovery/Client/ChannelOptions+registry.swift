import WeftRPC

extension ChannelOptions {
  /// How to connect to a registry: it is back soon when it is away, and everybody waits for it, so attempts to
  /// reach it never lie far apart.
  public static func registry(tls: TLS) -> ChannelOptions {
    var options = ChannelOptions(tls: tls, loadBalancing: .pickFirst())
    options.connectTimeout = .seconds(5)
    options.backoff.initial = .milliseconds(200)
    options.backoff.max = .seconds(2)
    return options
  }
}
