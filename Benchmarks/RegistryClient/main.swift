import Foundation
import NIOPosix
import WeftRPC

// Puts load on a registry, Weft's or etcd, and tells what it took in one line of JSON.
//
//   weft-bench-registry PEER PORT fill
//   weft-bench-registry PEER PORT register|heartbeat|read CALLS CLIENTS
//   weft-bench-registry PEER PORT watch CHANGES WATCHERS
//
// A client is a connection with one call at a time.
let words = CommandLine.arguments.dropFirst()
guard words.count >= 3, let port = Int(words[words.startIndex + 1]) else {
  FileHandle.standardError.write(Data("usage: weft-bench-registry PEER PORT WHAT [NUMBER NUMBER]\n".utf8))
  exit(2)
}
let numbers = words.dropFirst(3).compactMap { Int($0) } + [0, 0]
let load = RegistryLoad(
  group: MultiThreadedEventLoopGroup(numberOfThreads: 1), port: port, calls: numbers[0], clients: numbers[1])
let peer: any RegistryPeer = words.first == "etcd" ? EtcdPeer() : WeftPeer()
let result =
  switch words[words.startIndex + 2] {
  case "fill": try await load.fill(peer)
  case "register": try await load.measure { try await peer.register(client: $0, number: $1, over: $2) }
  case "heartbeat": try await load.heartbeats(peer)
  case "read": try await load.measure { try await peer.read(client: $0, number: $1, over: $2) }
  case "watch": try await FanOut(load: load, peer: peer).measure()
  case let other: "unknown: \(other)"
  }
FileHandle.standardOutput.write(Data("\(result)\n".utf8))
