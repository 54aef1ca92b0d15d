import NIOCore
import NIOPosix

extension RPCServer {
  /// A channel's target that reaches this server inside the process, without a socket, a port or TLS. It works
  /// whether the server was started or not, until it is shut down.
  public var inProcessTarget: String { "inproc:" + http.inProcessName }
}

extension Channel {
  /// A channel to a server of this process, for tests and for services that share a process. Calls are the same
  /// as over a network: deadlines, flow control, limits, interceptors.
  public convenience init(
    inProcess server: RPCServer, options: ChannelOptions = ChannelOptions(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.init(target: server.inProcessTarget, options: options, group: group)
  }
}
