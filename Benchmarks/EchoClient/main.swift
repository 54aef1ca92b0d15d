import Foundation
import NIOPosix
import WeftHTTP2
import WeftRPC

// Makes unary calls over one connection on one event loop and tells what they took.
//
//   weft-bench-client PORT CALLS CONCURRENCY [--pool]
//
// The callers are tasks on the event loop, as handlers of a server are, or with `--pool` on Swift's thread pool.
// Prints one line of JSON: CPU seconds of this process, and microseconds a call waited.
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == 3 else {
  FileHandle.standardError.write(Data("usage: weft-bench-client PORT CALLS CONCURRENCY [--pool]\n".utf8))
  exit(2)
}
let (port, calls, concurrency) = (numbers[0], numbers[1], numbers[2])
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let channel = Channel(target: "ipv4:127.0.0.1:\(port)", group: group)
let load = Load(
  client: Weft_Bench_V1_EchoServiceClient(channel), concurrency: concurrency,
  executor: CommandLine.arguments.contains("--pool") ? nil : LoopContext.of(group.next()))
_ = try await load.run(calls: calls / 10)
let before = Load.cpuSeconds()
let latencies = try await load.run(calls: calls)
let used = Load.cpuSeconds() - before
let sorted = latencies.sorted()
let result =
  #"{"calls": \#(sorted.count), "cpu": \#(used), "p50": \#(sorted[sorted.count / 2]), "#
  + #""p99": \#(sorted[sorted.count * 99 / 100])}"# + "\n"
FileHandle.standardOutput.write(Data(result.utf8))
