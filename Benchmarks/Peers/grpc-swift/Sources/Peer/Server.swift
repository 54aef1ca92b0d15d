import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// The same work as Weft's EchoServer does.
struct EchoService: Weft_Bench_V1_EchoService.SimpleServiceProtocol {
  func echo(request: Weft_Bench_V1_EchoRequest, context: ServerContext) async throws
    -> Weft_Bench_V1_EchoReply
  {
    reply(to: request)
  }

  func stream(
    request: Weft_Bench_V1_StreamRequest, response: RPCWriter<Weft_Bench_V1_EchoReply>, context: ServerContext
  ) async throws {
    for _ in 0..<request.count { try await response.write(reply(to: request.echo)) }
  }

  func copy(request: Weft_Bench_V1_Blob, context: ServerContext) async throws -> Weft_Bench_V1_Blob {
    request
  }

  func collect(
    request: RPCAsyncSequence<Weft_Bench_V1_EchoRequest, any Error>, context: ServerContext
  ) async throws -> Weft_Bench_V1_EchoReply {
    var last = Weft_Bench_V1_EchoRequest()
    for try await message in request { last = message }
    return reply(to: last)
  }

  private func reply(to request: Weft_Bench_V1_EchoRequest) -> Weft_Bench_V1_EchoReply {
    var reply = Weft_Bench_V1_EchoReply()
    reply.service = request.service
    reply.environment = request.environment
    reply.version = request.version + 1
    reply.tags = request.tags
    reply.comment = request.comment
    reply.author = "bench"
    return reply
  }
}

/// Serves on one event loop until the process is killed.
func serve(_ arguments: ArraySlice<String>) async throws {
  var security = HTTP2ServerTransport.Posix.TransportSecurity.plaintext
  if let flag = arguments.firstIndex(of: "--tls") {
    security = .tls(
      certificateChain: [.file(path: arguments[flag + 1], format: .pem)],
      privateKey: .file(path: arguments[flag + 2], format: .pem))
  }
  var config = HTTP2ServerTransport.Posix.Config.defaults
  if let flag = arguments.firstIndex(of: "--streams") {
    config.http2.maxConcurrentStreams = Int(arguments[flag + 1])
  }
  let port = arguments.first.flatMap { Int($0) } ?? 0
  let server = GRPCServer(
    transport: HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: security, config: config,
      eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
    services: [EchoService()])
  try await withThrowingDiscardingTaskGroup { group in
    group.addTask { try await server.serve() }
    let bound = try await server.listeningAddress?.ipv4?.port ?? 0
    FileHandle.standardOutput.write(Data("listening on \(bound)\n".utf8))
  }
}
