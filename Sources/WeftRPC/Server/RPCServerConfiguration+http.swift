import NIOCore
import WeftHTTP2

extension RPCServerConfiguration {
  /// What of it concerns connections.
  var listening: HTTPServerConfiguration {
    var listening = HTTPServerConfiguration(host: host, port: port, tls: tls, limits: http)
    listening.reloadableTLS = reloadableTLS
    listening.closesIdleHTTP2 = !insecure
    listening.keepalive = keepalive
    listening.keepaliveEnforcement = keepaliveEnforcement
    listening.maxConnectionAge = maxConnectionAge.map { TimeAmount($0) }
    listening.maxConnectionAgeGrace = maxConnectionAgeGrace.map { TimeAmount($0) }
    listening.maxConnectionIdle = maxConnectionIdle.map { TimeAmount($0) }
    return listening
  }
}
