import Foundation
import NIOPosix
import NIOSSL
import WeftRPC

// The Weft side of the comparison, on one event loop, with metrics on.
//
//   weft-bench-server [PORT] [--tls CERTIFICATE KEY [--clients AUTHORITY]] [--streams N]
//
// `--clients` asks for certificates that the authority has signed; `--streams` is how many streams a connection may
// have open.
let arguments = CommandLine.arguments
func values(after flag: String, count: Int) -> ArraySlice<String>? {
  guard let index = arguments.firstIndex(of: flag), index + count < arguments.count else { return nil }
  return arguments[(index + 1)...(index + count)]
}

let port = arguments.dropFirst().first.flatMap { Int($0) } ?? 0
var configuration = RPCServerConfiguration(port: port, insecure: true)
if let files = values(after: "--tls", count: 2), let certificate = files.first, let key = files.last {
  var tls = TLSConfiguration.makeServerConfiguration(
    certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
    privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
  // Unless told, no certificates of clients: h2load shows none.
  if let authority = values(after: "--clients", count: 1)?.first {
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
    tls.certificateVerification = .noHostnameVerification
  }
  configuration.tls = tls
}
if let streams = values(after: "--streams", count: 1)?.first.flatMap({ Int($0) }) {
  configuration.http.maxConcurrentStreams = streams
}
let server = RPCServer(
  configuration: configuration, services: [EchoHandler()],
  group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
let address = try await server.start()
// Not `print`: what it writes to a pipe stays in a buffer.
FileHandle.standardOutput.write(Data("listening on \(address.port ?? 0)\n".utf8))
// Ends with the benchmark, which ends this process.
while true { try await Task.sleep(for: .seconds(3600)) }
