import Testing
import WeftProtobuf
import WeftRPC

typealias Text = Google_Protobuf_StringValue

/// Methods of every kind over well-known types, for tests.
enum Echo {
  static let unary = RPCMethod<Text, Text>(service: "test.Echo", name: "Unary", kind: .unary)
  static let pure = RPCMethod<Text, Text>(
    service: "test.Echo", name: "Pure", kind: .unary, idempotency: .noSideEffects)
  static let expand = RPCMethod<Text, Text>(service: "test.Echo", name: "Expand", kind: .serverStreaming)
  static let collect = RPCMethod<Text, Text>(service: "test.Echo", name: "Collect", kind: .clientStreaming)
  static let chat = RPCMethod<Text, Text>(service: "test.Echo", name: "Chat", kind: .bidirectional)
}

/// Serves ``Echo`` with closures that a test may replace.
struct EchoService: RPCService {
  static let serviceName = "test.Echo"
  static var file: GeneratedFile { ProtoFile_google__protobuf__wrappers.file }

  var unary: @Sendable (Text, ServerContext) async throws -> Text = { request, _ in request }
  var pure: @Sendable (Text, ServerContext) async throws -> Text = { request, _ in request }
  var expand: @Sendable (Text, ResponseWriter<Text>, ServerContext) async throws -> Void = {
    request, responses, _ in
    for character in request.value { try await responses.write(Text(String(character))) }
  }
  var collect: @Sendable (RequestStream<Text>, ServerContext) async throws -> Text = { requests, _ in
    var all = ""
    for try await request in requests { all += request.value }
    return Text(all)
  }
  var chat: @Sendable (RequestStream<Text>, ResponseWriter<Text>, ServerContext) async throws -> Void = {
    requests, responses, _ in
    for try await request in requests { try await responses.write(request) }
  }

  var chosen: @Sendable (String) -> HandlerExecution = { _ in .eventLoop }

  func execution(of method: String) -> HandlerExecution { chosen(method) }

  func register(in router: inout RPCRouter) {
    router.unary(Echo.unary, handler: unary)
    router.unary(Echo.pure, handler: pure)
    router.serverStreaming(Echo.expand, handler: expand)
    router.clientStreaming(Echo.collect, handler: collect)
    router.bidirectional(Echo.chat, handler: chat)
  }
}

extension Text {
  init(_ value: String) {
    self.init()
    self.value = value
  }
}

/// Runs `body` against a real server on a free port of the loopback.
func withServer<Result>(
  _ service: EchoService = EchoService(), configuration: RPCServerConfiguration = .plain,
  interceptors: [any ServerInterceptor] = [],
  _ body: (RPCServer, Int) async throws -> Result
) async throws -> Result {
  let server = RPCServer(configuration: configuration, services: [service], interceptors: interceptors)
  let port = try #require(try await server.start().port)
  do {
    let result = try await body(server, port)
    await server.shutdown(grace: .zero)
    return result
  } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
}

/// Runs `body` with a channel to a real server.
func withEcho<Result>(
  _ service: EchoService = EchoService(), configuration: RPCServerConfiguration = .plain,
  interceptors: [any ServerInterceptor] = [], options: ChannelOptions = ChannelOptions(),
  _ body: (Channel) async throws -> Result
) async throws -> Result {
  try await withServer(service, configuration: configuration, interceptors: interceptors) { _, port in
    let channel = Channel(target: "ipv4:127.0.0.1:\(port)", options: options)
    do {
      let result = try await body(channel)
      await channel.shutdown()
      return result
    } catch {
      await channel.shutdown()
      throw error
    }
  }
}

extension RPCServerConfiguration {
  static var plain: RPCServerConfiguration { RPCServerConfiguration(insecure: true) }
}

/// The error that `body` ends with.
func rpcError(_ body: () async throws -> Void) async -> RPCError? {
  do {
    try await body()
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    return RPCError(.unknown, "not an RPCError: \(error)")
  }
}
