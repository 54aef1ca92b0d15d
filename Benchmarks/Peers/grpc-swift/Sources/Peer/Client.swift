import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// The same work as Weft's EchoClient does: one connection, one event loop, a task for each caller.
func call(_ arguments: ArraySlice<String>) async throws {
  let numbers = arguments.compactMap { Int($0) }
  guard numbers.count == 3 else { exit(2) }
  let (port, calls, concurrency) = (numbers[0], numbers[1], numbers[2])
  let transport = try HTTP2ClientTransport.Posix(
    target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext,
    eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
  try await withGRPCClient(transport: transport) { client in
    let echo = Weft_Bench_V1_EchoService.Client(wrapping: client)
    _ = try await run(echo, calls: calls / 10, concurrency: concurrency)
    let before = cpuSeconds()
    let latencies = try await run(echo, calls: calls, concurrency: concurrency).sorted()
    let used = cpuSeconds() - before
    let result =
      #"{"calls": \#(latencies.count), "cpu": \#(used), "p50": \#(latencies[latencies.count / 2]), "#
      + #""p99": \#(latencies[latencies.count * 99 / 100])}"# + "\n"
    FileHandle.standardOutput.write(Data(result.utf8))
  }
}

/// Microseconds that each call took.
private func run(
  _ echo: Weft_Bench_V1_EchoService.Client<HTTP2ClientTransport.Posix>, calls: Int, concurrency: Int
) async throws -> [Double] {
  var request = Weft_Bench_V1_EchoRequest()
  request.service = "resume"
  request.environment = "production"
  request.version = 7
  request.tags = ["zh", "en"]
  request.comment = "raise the page limit after the load test of last week, agreed with ops"
  let message = request
  return try await withThrowingTaskGroup(of: [Double].self) { group in
    for _ in 0..<concurrency {
      group.addTask {
        var latencies: [Double] = []
        latencies.reserveCapacity(calls / concurrency)
        for _ in 0..<calls / concurrency {
          let start = ContinuousClock.now
          let reply = try await echo.echo(message)
          precondition(reply.version == 8)
          latencies.append((ContinuousClock.now - start) / .microseconds(1))
        }
        return latencies
      }
    }
    return try await group.reduce(into: []) { $0 += $1 }
  }
}

private func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
