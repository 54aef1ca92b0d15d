import Foundation

// grpc-swift-peer server [PORT] [--tls CERTIFICATE KEY] [--streams N]
// grpc-swift-peer client PORT CALLS CONCURRENCY
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "server": try await serve(arguments.dropFirst())
case "client": try await call(arguments.dropFirst())
default: exit(2)
}
