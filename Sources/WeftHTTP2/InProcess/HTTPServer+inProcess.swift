import NIOCore

extension HTTPServer {
  /// A name under which this process reaches the server without a socket, whether it listens or not:
  /// ``HTTP2ClientConnection/Target/Address/inProcess(name:)``.
  public var inProcessName: String {
    inProcess.withLock { name in
      let own = name ?? InProcessName(of: self)
      name = own
      return own.text
    }
  }

  /// Joins a client with this server.
  ///
  /// - Parameter prepare: adds the client's handlers, on the loop.
  func connectInProcess(
    on eventLoop: any EventLoop, _ prepare: @escaping @Sendable (any Channel) throws -> Void
  ) -> EventLoopFuture<any Channel> {
    eventLoop.submit {
      let (near, far) = MemoryChannel.pair(on: eventLoop)
      try prepare(near)
      try self.accept(far)
      far.activate()
      near.activate()
      return near
    }
  }
}
