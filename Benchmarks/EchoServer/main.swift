import Foundation
import NIOPosix
import WeftRPC

/// The Weft side of the comparison: a typed, asynchronous handler on one event loop, metrics on.
struct EchoHandler: Weft_Bench_V1_EchoServiceHandler {
  func echo(_ request: Weft_Bench_V1_EchoRequest, context: ServerContext) async throws
    -> Weft_Bench_V1_EchoReply
  {
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

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let server = RPCServer(
  configuration: RPCServerConfiguration(port: port, insecure: true), services: [EchoHandler()],
  group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
let address = try await server.start()
// Not `print`: what it writes to a pipe stays in a buffer.
FileHandle.standardOutput.write(Data("listening on \(address.port ?? 0)\n".utf8))
// Ends with the benchmark, which ends this process.
while true { try await Task.sleep(for: .seconds(3600)) }
