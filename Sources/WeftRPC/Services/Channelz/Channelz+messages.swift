import NIOCore
import WeftHTTP2
import WeftProtobuf

extension Grpc_Channelz_V1_Server {
  init(_ server: EntityRegistry.Server) async {
    self.init()
    let (counts, running) = await server.http.calls()
    ref = .with {
      $0.serverID = Int64(server.id)
      $0.name = server.name
    }
    data = .with {
      $0.trace = .init(server.trace.snapshot)
      $0.callsStarted = Int64(counts.succeeded + counts.failed + running)
      $0.callsSucceeded = Int64(counts.succeeded)
      $0.callsFailed = Int64(counts.failed)
      $0.lastCallStartedTimestamp = .init(counts.lastStarted)
    }
    if let address = server.http.listenAddress {
      listenSocket = [
        .with {
          $0.socketID = Int64(server.http.listenerID)
          $0.name = address.channelzName
        }
      ]
    }
  }
}

extension Grpc_Channelz_V1_Channel {
  init(_ channel: ChannelCore) {
    self.init()
    ref = .with {
      $0.channelID = Int64(channel.id)
      $0.name = channel.target.description
    }
    data = .init(
      target: channel.target.description, state: .init(channel.connectivity), channel.callCounts,
      channel.trace)
    subchannelRef = channel.subchannels.sorted { $0.id < $1.id }.map(Grpc_Channelz_V1_SubchannelRef.init)
  }
}

extension Grpc_Channelz_V1_Subchannel {
  init(_ subchannel: Subchannel) {
    self.init()
    ref = .init(subchannel)
    data = .init(
      target: subchannel.endpoint.text, state: .init(subchannel.status), subchannel.callCounts,
      subchannel.trace)
    socketRef = subchannel.connections.map { .init($0.record) }
  }
}

extension Grpc_Channelz_V1_SubchannelRef {
  init(_ subchannel: Subchannel) {
    self.init()
    subchannelID = Int64(subchannel.id)
    name = subchannel.endpoint.text
  }
}

extension Grpc_Channelz_V1_SocketRef {
  init(_ record: ConnectionRecord) {
    self.init()
    socketID = Int64(record.id)
  }
}

extension Grpc_Channelz_V1_ChannelData {
  init(
    target: String, state: Grpc_Channelz_V1_ChannelConnectivityState.State, _ counts: SubchannelCounts,
    _ trace: EntityTrace
  ) {
    self.init()
    self.target = target
    self.state = .with { $0.state = state }
    self.trace = .init(trace.snapshot)
    callsStarted = Int64(counts.started)
    callsSucceeded = Int64(counts.succeeded)
    callsFailed = Int64(counts.failed)
  }
}

extension Grpc_Channelz_V1_ChannelTrace {
  init(_ trace: EntityTrace.Snapshot) {
    self.init()
    numEventsLogged = Int64(trace.count)
    creationTimestamp = .init(nanoseconds: trace.created)
    events = trace.events.map { event in
      .with {
        $0.description_ = event.text
        $0.severity = event.severity
        $0.timestamp = .init(nanoseconds: event.time)
        if let child = event.child { $0.subchannelRef = .with { $0.subchannelID = Int64(child) } }
      }
    }
  }
}

extension Grpc_Channelz_V1_ChannelConnectivityState.State {
  init(_ state: ConnectivityState) {
    switch state {
    case .idle: self = .idle
    case .connecting: self = .connecting
    case .ready: self = .ready
    case .transientFailure: self = .transientFailure
    case .shutdown: self = .shutdown
    }
  }

  init(_ status: Subchannel.Status) {
    switch status {
    case .idle: self = .idle
    case .connecting: self = .connecting
    case .ready: self = .ready
    case .failed: self = .transientFailure
    }
  }
}

extension Google_Protobuf_Timestamp {
  /// - Parameter nanoseconds: since 1970.
  init(nanoseconds: UInt64) {
    self.init()
    seconds = Int64(clamping: nanoseconds / 1_000_000_000)
    nanos = Int32(nanoseconds % 1_000_000_000)
  }

  /// A moment of the clock that counts from the machine's start, as one of the calendar's.
  init?(_ moment: NIODeadline?) {
    guard let moment else { return nil }
    let age = UInt64(clamping: (NIODeadline.now() - moment).nanoseconds)
    let now = WallClock.now()
    self.init(nanoseconds: now > age ? now - age : 0)
  }
}
