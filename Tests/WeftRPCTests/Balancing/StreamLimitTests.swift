import Testing
import WeftHTTP2

@testable import WeftRPC

/// Servers that allow few streams on a connection.
@Suite struct StreamLimitTests {
  private func limited(to streams: Int) -> RPCServerConfiguration {
    var configuration = RPCServerConfiguration.plain
    configuration.http.maxConcurrentStreams = streams
    return configuration
  }

  /// Holds `count` calls until each of them has begun.
  private func hold(_ channel: Channel, _ count: Int, until body: () async throws -> Void) async throws {
    let begun = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask {
          try await channel.bidirectional(Echo.chat) { writer, stream in
            try await writer.write(Text("x"))
            var replies = stream.makeAsyncIterator()
            _ = try await replies.next()
            begun.continuation.yield()
            // Ends with the test.
            _ = try await replies.next()
          }
        }
      }
      var waiting = count
      for await _ in begun.stream {
        waiting -= 1
        if waiting == 0 { break }
      }
      try await body()
      group.cancelAll()
      while let result = await group.nextResult() { _ = result }
    }
  }

  @Test func callsBeyondTheLimitGetConnectionsOfTheirOwn() async throws {
    try await withServer(configuration: limited(to: 2)) { server, port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        try await hold(channel, 7) {
          #expect(server.connectionCount == 4)
          // There is room for one more.
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "x")
        }
      }
    }
  }

  @Test func oneConnectionIsEnoughBelowTheLimit() async throws {
    try await withServer(configuration: limited(to: 10)) { server, port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        try await hold(channel, 10) { #expect(server.connectionCount == 1) }
      }
    }
  }

  @Test func callWaitsForAPlaceWhenThePoolIsFull() async throws {
    try await withServer(configuration: limited(to: 1)) { server, port in
      var options = ChannelOptions()
      options.maxConnectionsPerAddress = 2
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        try await hold(channel, 2) {
          let error = await rpcError {
            _ = try await channel.unary(
              Echo.unary, Text("x"), options: CallOptions(timeout: .milliseconds(50)))
          }
          #expect(error?.code == .deadlineExceeded)
          #expect(error?.message.contains("2 connections with 2 calls") == true)
          #expect(server.connectionCount == 2)
        }
        let said = try await channel.unary(Echo.unary, Text("y")).value
        #expect(said == "y")
      }
    }
  }

  @Test(arguments: [LoadBalancingPolicy.roundRobin, .pickFirst(), .ringHash(), .leastRequest()])
  func crowdIsServedThroughAFewPlaces(_ policy: LoadBalancingPolicy) async throws {
    try await withServer(configuration: limited(to: 2)) { server, port in
      var options = ChannelOptions(loadBalancing: policy)
      options.maxConnectionsPerAddress = 2
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        let answered = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<300 {
            group.addTask {
              if number % 7 == 0 {
                // Some give up while they wait; their places must not be lost.
                let call = Task { try await channel.unary(Echo.unary, Text("x")) }
                await Task.yield()
                call.cancel()
                _ = await call.result
              }
              _ = try await channel.unary(Echo.unary, Text("x"))
              answered.add(1)
            }
          }
          try await group.waitForAll()
        }
        #expect(answered.value == 300)
        #expect(server.connectionCount <= 2)
      }
    }
  }

  @Test func connectionsThatARushNeededAreDroppedAfterIt() async throws {
    try await withServer(configuration: limited(to: 1)) { server, port in
      var options = ChannelOptions()
      options.extraConnectionIdleTimeout = .milliseconds(5)
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        try await hold(channel, 3) { #expect(server.connectionCount == 3) }
        while server.connectionCount > 1 { try await Task.sleep(for: .milliseconds(2)) }
        let said = try await channel.unary(Echo.unary, Text("x")).value
        #expect(said == "x")
      }
    }
  }
}
