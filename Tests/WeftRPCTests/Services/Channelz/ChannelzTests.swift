import Testing

@testable import WeftRPC

/// `grpc.channelz.v1` over the wire, asked of the process that asks.
@Suite struct ChannelzTests {
  private func withChannelz(
    _ service: EchoService = EchoService(),
    _ body: (Channel, Grpc_Channelz_V1_ChannelzClient, Int) async throws -> Void
  ) async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.channelz = true
    configuration.serviceName = "channelz-test"
    try await withServer(service, configuration: configuration) { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)", .neverRetry) { channel in
        try await body(channel, Grpc_Channelz_V1_ChannelzClient(channel), port)
      }
    }
  }

  /// The server on a port; there are others in this process.
  private func server(
    _ port: Int, _ channelz: Grpc_Channelz_V1_ChannelzClient
  ) async throws -> Grpc_Channelz_V1_Server {
    var start: Int64 = 0
    while true {
      let page = try await channelz.getServers(.with { $0.startServerID = start })
      let found = page.server.first { server in
        server.listenSocket.contains { $0.name == "127.0.0.1:\(port)" }
      }
      if let found { return found }
      start = try #require(page.server.last?.ref?.serverID) + 1
      #expect(!page.end)
    }
  }

  @Test func aServerTellsItsCallsAndConnections() async throws {
    try await withChannelz { channel, channelz, port in
      _ = try await channel.unary(Echo.unary, Text("a"))
      _ = await rpcError {
        _ = try await channel.unary(RPCMethod<Text, Text>(service: "no", name: "x", kind: .unary), Text("a"))
      }
      let server = try await server(port, channelz)
      #expect(server.ref?.name == "channelz-test")
      #expect(server.data?.callsSucceeded ?? 0 >= 1)
      #expect(server.data?.callsFailed == 1)
      #expect(
        server.data.map { $0.callsStarted > $0.callsSucceeded + $0.callsFailed } == true, "this call runs")
      #expect(server.data?.lastCallStartedTimestamp?.seconds ?? 0 > 1_700_000_000)
      let again = try await channelz.getServer(.with { $0.serverID = server.ref?.serverID ?? 0 })
      #expect(again.server?.ref == server.ref)

      let sockets = try await channelz.getServerSockets(.with { $0.serverID = server.ref?.serverID ?? 0 })
      #expect(sockets.socketRef.count == 1)
      #expect(sockets.end)
      let id = sockets.socketRef.first?.socketID ?? 0
      let socket = try #require(try await channelz.getSocket(.with { $0.socketID = id }).socket)
      #expect(socket.local?.tcpipAddress?.port == Int32(port))
      #expect(socket.local?.tcpipAddress?.ipAddress == [127, 0, 0, 1])
      let data = try #require(socket.data)
      #expect(data.streamsStarted > data.streamsSucceeded)
      #expect(data.streamsSucceeded >= 4)
      #expect(data.messagesReceived >= 4)
      #expect(data.messagesSent >= 3)
      #expect(data.localFlowControlWindow?.value ?? 0 > 0)
      #expect(data.lastRemoteStreamCreatedTimestamp != nil)

      let listener = try #require(server.listenSocket.first)
      let listening = try await channelz.getSocket(.with { $0.socketID = listener.socketID }).socket
      #expect(listening?.local?.tcpipAddress?.port == Int32(port))
    }
  }

  @Test func aChannelTellsItsSubchannelsTheirSocketsAndWhatHappened() async throws {
    try await withChannelz { channel, channelz, port in
      _ = try await channel.unary(Echo.unary, Text("a"))
      let top = try await channelz.getTopChannels(
        .with { $0.startChannelID = Int64(channel.core.id) }
      ).channel.first
      #expect(top?.ref?.name == "ipv4:127.0.0.1:\(port)")
      #expect(top?.data?.state?.state == .ready)
      #expect(top?.data?.callsSucceeded ?? 0 >= 1)
      let one = try await channelz.getChannel(.with { $0.channelID = Int64(channel.core.id) }).channel
      let reference = try #require(one?.subchannelRef.first)
      let subchannel = try #require(
        try await channelz.getSubchannel(.with { $0.subchannelID = reference.subchannelID }).subchannel)
      #expect(subchannel.ref?.name == "127.0.0.1:\(port)")
      #expect(subchannel.data?.state?.state == .ready)
      #expect(subchannel.data?.trace?.events.map(\.description_) == ["created", "connected"])
      let socketID = subchannel.socketRef.first?.socketID ?? 0
      let socket = try await channelz.getSocket(.with { $0.socketID = socketID }).socket
      #expect(socket?.remote?.tcpipAddress?.port == Int32(port))
      #expect(socket?.data?.streamsSucceeded ?? 0 >= 1)
      #expect(socket?.data?.lastLocalStreamCreatedTimestamp != nil)
      #expect(socket?.security == nil)
    }
  }

  @Test func messagesOfAStreamAreCountedWhileItGoesOn() async throws {
    try await withChannelz { channel, channelz, port in
      let server = try await server(port, channelz)
      try await channel.bidirectional(Echo.chat) { requests, replies in
        var iterator = replies.makeAsyncIterator()
        for text in ["a", "b", "c"] {
          try await requests.write(Text(text))
          _ = try await iterator.next()
        }
        let sockets = try await channelz.getServerSockets(.with { $0.serverID = server.ref?.serverID ?? 0 })
        let id = sockets.socketRef.first?.socketID ?? 0
        let data = try await channelz.getSocket(.with { $0.socketID = id }).socket?.data
        #expect(data?.messagesReceived ?? 0 >= 3 + 2)
        try await requests.finish()
      }
    }
  }

  @Test func whatIsNotThereIsNotFoundAndNonsenseIsRefused() async throws {
    try await withChannelz { _, channelz, _ in
      let missing = Int64.max
      let errors = [
        await rpcError { _ = try await channelz.getServer(.with { $0.serverID = missing }) },
        await rpcError { _ = try await channelz.getChannel(.with { $0.channelID = missing }) },
        await rpcError { _ = try await channelz.getSubchannel(.with { $0.subchannelID = missing }) },
        await rpcError { _ = try await channelz.getSocket(.with { $0.socketID = missing }) },
        await rpcError { _ = try await channelz.getServerSockets(.with { $0.serverID = missing }) },
      ]
      #expect(errors.map(\.?.code) == Array(repeating: .notFound, count: 5))
      let negative = await rpcError { _ = try await channelz.getServers(.with { $0.maxResults = -1 }) }
      #expect(negative?.code == .invalidArgument)
    }
  }

  @Test func pagesHoldSoManyAndSayWhetherThereAreMore() async throws {
    try await withChannelz { channel, channelz, port in
      let second = Channel(target: "ipv4:127.0.0.1:\(port)")
      let page = try await channelz.getTopChannels(
        .with {
          $0.startChannelID = Int64(channel.core.id)
          $0.maxResults = 1
        })
      #expect(page.channel.map { $0.ref?.channelID } == [Int64(channel.core.id)])
      #expect(!page.end)
      await second.shutdown()
      let gone = await rpcError {
        _ = try await channelz.getChannel(.with { $0.channelID = Int64(second.core.id) })
      }
      #expect(gone?.code == .notFound)
    }
  }

  @Test func aTraceKeepsTheNewestOnly() {
    let trace = EntityTrace("created")
    for number in 1...100 { trace.add("event \(number)") }
    let snapshot = trace.snapshot
    #expect(snapshot.count == 101)
    #expect(snapshot.events.count == 32)
    #expect(snapshot.events.last?.text == "event 100")
  }
}
