import WeftHTTP2

/// `grpc.channelz.v1.Channelz` (gRFC A14): lets gRPC's debugging tools look at the servers, channels and
/// connections of the process.
struct ChannelzService: Grpc_Channelz_V1_ChannelzHandler {
  /// Entries of one page, when the caller does not say or asks for more.
  static let maxPage = 100

  var registry = EntityRegistry.shared

  // MARK: Pages

  func getTopChannels(
    _ request: Grpc_Channelz_V1_GetTopChannelsRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetTopChannelsResponse {
    let page = try Page(registry.channels, from: request.startChannelID, most: request.maxResults, id: \.id)
    return .with {
      $0.channel = page.entries.map(Grpc_Channelz_V1_Channel.init)
      $0.end = page.isLast
    }
  }

  func getServers(
    _ request: Grpc_Channelz_V1_GetServersRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetServersResponse {
    let page = try Page(registry.servers, from: request.startServerID, most: request.maxResults, id: \.id)
    var response = Grpc_Channelz_V1_GetServersResponse()
    for server in page.entries { response.server.append(await Grpc_Channelz_V1_Server(server)) }
    response.end = page.isLast
    return response
  }

  func getServerSockets(
    _ request: Grpc_Channelz_V1_GetServerSocketsRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetServerSocketsResponse {
    let server = try found(registry.server(Int(clamping: request.serverID)), "server", request.serverID)
    let records = server.http.connectionRecords.sorted { $0.id < $1.id }
    let page = try Page(records, from: request.startSocketID, most: request.maxResults, id: \.id)
    return .with {
      $0.socketRef = page.entries.map(Grpc_Channelz_V1_SocketRef.init)
      $0.end = page.isLast
    }
  }

  // MARK: One

  func getServer(
    _ request: Grpc_Channelz_V1_GetServerRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetServerResponse {
    let server = try found(registry.server(Int(clamping: request.serverID)), "server", request.serverID)
    let description = await Grpc_Channelz_V1_Server(server)
    return .with { $0.server = description }
  }

  func getChannel(
    _ request: Grpc_Channelz_V1_GetChannelRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetChannelResponse {
    let channel = try found(registry.channel(Int(clamping: request.channelID)), "channel", request.channelID)
    return .with { $0.channel = .init(channel) }
  }

  func getSubchannel(
    _ request: Grpc_Channelz_V1_GetSubchannelRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetSubchannelResponse {
    let id = request.subchannelID
    let subchannel = try found(registry.subchannel(Int(clamping: id)), "subchannel", id)
    return .with { $0.subchannel = .init(subchannel) }
  }

  func getSocket(
    _ request: Grpc_Channelz_V1_GetSocketRequest, context: ServerContext
  ) async throws -> Grpc_Channelz_V1_GetSocketResponse {
    let id = request.socketID
    switch try found(registry.socket(Int(clamping: id)), "socket", id) {
    case .listener(let server): return .with { $0.socket = .init(listenerOf: server) }
    case .connection(let record):
      let look = try found(await record.look(), "socket", id)
      return .with { $0.socket = .init(record, look) }
    }
  }

  private func found<Entity>(_ entity: Entity?, _ kind: String, _ id: Int64) throws -> Entity {
    guard let entity else { throw RPCError(.notFound, "there is no \(kind) \(id) here, or no more") }
    return entity
  }

  /// A part of a list that is in order of numbers.
  private struct Page<Entity> {
    var entries: [Entity]
    var isLast: Bool

    init(_ all: [Entity], from start: Int64, most: Int64, id: (Entity) -> Int) throws {
      if start < 0 || most < 0 {
        throw RPCError(.invalidArgument, "the first number and the number of results cannot be negative")
      }
      let rest = all.drop { id($0) < Int(clamping: start) }
      let size = most == 0 ? ChannelzService.maxPage : min(Int(clamping: most), ChannelzService.maxPage)
      entries = Array(rest.prefix(size))
      isLast = rest.count <= size
    }
  }
}
