import Foundation
import WeftRPC

extension InteropClient {
  /// Many calls, each on the client's channel or on one of its own. Each caller makes its part of them in sequence.
  func soak(newChannelEachTime: Bool) async throws {
    let soak = options.soak
    let end = ContinuousClock.now + (soak.overallTimeout ?? soak.maxLatency * soak.iterations)
    let part = soak.iterations / max(soak.callers, 1)
    let calls = try await withThrowingTaskGroup { group in
      for caller in 0..<max(soak.callers, 1) {
        group.addTask {
          var calls: [SoakCall] = []
          while calls.count < part, ContinuousClock.now < end {
            let next = ContinuousClock.now + soak.minTimeBetweenCalls
            let call = try await self.soakCall(newChannel: newChannelEachTime)
            self.log(caller * part + calls.count, call)
            calls.append(call)
            try await Task.sleep(until: next)
          }
          return calls
        }
      }
      return try await group.reduce(into: [SoakCall]()) { $0 += $1 }
    }
    summarise(calls.map(\.latency))
    try expect(calls.count, soak.iterations, "the number of calls that were made in time")
    let failures = calls.count { $0.problem != nil }
    if failures > soak.maxFailures {
      throw InteropFailure("\(failures) calls failed; \(soak.maxFailures) may")
    }
  }

  private struct SoakCall {
    let latency: Duration
    /// Nil when the call succeeded in time.
    let problem: String?
  }

  private func soakCall(newChannel: Bool) async throws -> SoakCall {
    let soak = options.soak
    let start = ContinuousClock.now
    let channel = newChannel ? try Self.makeChannel(options) : channel
    var problem: String?
    do {
      let request = Self.unaryRequest(soak.requestBytes, responseBytes: soak.responseBytes)
      let response = try await Grpc_Testing_TestServiceClient(channel).unaryCall(request)
      try Self.check(response.payload, soak.responseBytes)
    } catch {
      problem = String(describing: error)
    }
    let latency = ContinuousClock.now - start
    if newChannel { await channel.shutdown() }
    if problem == nil, latency > soak.maxLatency {
      problem = "slower than \(Self.milliseconds(soak.maxLatency)) ms"
    }
    return SoakCall(latency: latency, problem: problem)
  }

  private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }

  /// In the form that gRPC's description wants.
  private func log(_ iteration: Int, _ call: SoakCall) {
    let outcome = call.problem.map { "failed: \($0)" } ?? "succeeded"
    let peer = "\(options.host):\(options.port)"
    Self.print(
      "soak iteration: \(iteration) elapsed_ms: \(Self.milliseconds(call.latency)) peer: \(peer) \(outcome)")
  }

  private func summarise(_ latencies: [Duration]) {
    let sorted = latencies.sorted()
    guard let last = sorted.last else { return }
    let (median, high) = (sorted[sorted.count / 2], sorted[sorted.count * 9 / 10])
    Self.print(
      "soak latencies in ms: median \(Self.milliseconds(median)), 90th percentile \(Self.milliseconds(high)),"
        + " highest \(Self.milliseconds(last))")
  }

  /// To standard error, so that standard output stays the case's result.
  private static func print(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
