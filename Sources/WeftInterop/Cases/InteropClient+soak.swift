import Foundation
import WeftRPC

extension InteropClient {
  /// Many calls in sequence, each on the client's channel or on one of its own.
  func soak(newChannelEachTime: Bool) async throws {
    let soak = options.soak
    let end = ContinuousClock.now + (soak.overallTimeout ?? soak.maxLatency * soak.iterations)
    var latencies: [Duration] = []
    var failures = 0
    while latencies.count < soak.iterations, ContinuousClock.now < end {
      let start = ContinuousClock.now
      let next = start + soak.minTimeBetweenCalls
      let channel = newChannelEachTime ? try Self.makeChannel(options) : channel
      var problem: String?
      do {
        try await Self.largeUnary(on: channel)
      } catch {
        problem = String(describing: error)
      }
      let latency = ContinuousClock.now - start
      if newChannelEachTime { await channel.shutdown() }
      if problem == nil, latency > soak.maxLatency {
        problem = "slower than \(Self.milliseconds(soak.maxLatency)) ms"
      }
      latencies.append(latency)
      if problem != nil { failures += 1 }
      log(latencies.count - 1, latency, problem)
      try await Task.sleep(until: next)
    }
    summarise(latencies)
    try expect(latencies.count, soak.iterations, "the number of calls that were made in time")
    if failures > soak.maxFailures {
      throw InteropFailure("\(failures) calls failed; \(soak.maxFailures) may")
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }

  /// In the form that gRPC's description wants.
  private func log(_ iteration: Int, _ latency: Duration, _ problem: String?) {
    let outcome = problem.map { "failed: \($0)" } ?? "succeeded"
    let peer = "\(options.host):\(options.port)"
    Self.print(
      "soak iteration: \(iteration) elapsed_ms: \(Self.milliseconds(latency)) peer: \(peer) \(outcome)")
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
