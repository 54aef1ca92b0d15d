import Foundation
import NIOPosix
import WeftHTTP2
import WeftRPC

/// Clients that each have a connection of their own and wait for an answer before the next call.
struct RegistryLoad: Sendable {
  let group: MultiThreadedEventLoopGroup
  let port: Int
  let calls: Int
  let clients: Int

  func channel() -> Channel { Channel(target: "ipv4:127.0.0.1:\(port)", group: group) }

  /// What runs on the one event loop costs no hop to other threads.
  var executor: any TaskExecutor { LoopContext.of(group.next()) }

  /// Calls `call` with the number of the client, that of its call, and its connection.
  ///
  /// - Returns: JSON with the calls, the seconds that they took in all, and microseconds that one waited.
  func measure(_ call: @escaping @Sendable (Int, Int, Channel) async throws -> Void) async throws -> String {
    let channels = (0..<clients).map { _ in channel() }
    // The connections are made, and the peer is warm, before the clock runs.
    _ = try await run(each: max(calls / clients / 10, 1), from: calls, channels, call)
    let start = ContinuousClock.now
    let waits = try await run(each: calls / clients, from: 0, channels, call)
    return Self.json(waits, seconds: (ContinuousClock.now - start) / .seconds(1), count: waits.count)
  }

  private func run(
    each: Int, from first: Int, _ channels: [Channel],
    _ call: @escaping @Sendable (Int, Int, Channel) async throws -> Void
  ) async throws -> [Double] {
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for (client, channel) in channels.enumerated() {
        group.addTask(executorPreference: executor) {
          var waits: [Double] = []
          for number in first..<(first + each) {
            let start = ContinuousClock.now
            try await call(client, number, channel)
            waits.append((ContinuousClock.now - start) / .microseconds(1))
          }
          return waits
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// Heartbeats for all instances, shared out among the clients; `calls` are rounds of all.
  func heartbeats(_ peer: any RegistryPeer) async throws -> String {
    let channels = (0..<clients).map { _ in channel() }
    // Round 0 makes what must be there first.
    try await beat(peer, channels, rounds: 0)
    try await beat(peer, channels, rounds: 1)
    let start = ContinuousClock.now
    try await beat(peer, channels, rounds: calls)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Self.json([], seconds: seconds, count: calls * Catalogue.all)
  }

  private func beat(_ peer: any RegistryPeer, _ channels: [Channel], rounds: Int) async throws {
    let executor = executor
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (client, channel) in channels.enumerated() {
        group.addTask(executorPreference: executor) {
          try await peer.heartbeats(client: client, of: channels.count, rounds: rounds, over: channel)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Registers every instance of the catalogue.
  func fill(_ peer: any RegistryPeer) async throws -> String {
    let filler = RegistryLoad(group: group, port: port, calls: Catalogue.all, clients: 50)
    let channels = (0..<16).map { _ in channel() }
    // Client and number as `register` spreads them: instance = client + number * 16.
    _ = try await filler.run(each: (Catalogue.all + 15) / 16, from: 0, channels) {
      try await peer.register(client: $0, number: $1, over: $2)
    }
    return #"{"instances": \#(Catalogue.all)}"#
  }

  static func json(_ waits: [Double], seconds: Double, count: Int) -> String {
    let sorted = waits.sorted()
    let told = [50, 99].map { percent in
      #""p\#(percent)": \#(sorted.isEmpty ? 0 : sorted[min(sorted.count * percent / 100, sorted.count - 1)])"#
    }
    return #"{"calls": \#(count), "seconds": \#(seconds), "# + told.joined(separator: ", ") + "}"
  }
}
