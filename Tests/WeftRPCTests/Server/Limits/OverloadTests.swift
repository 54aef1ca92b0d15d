import Foundation
import Synchronization
import Testing

@testable import WeftRPC

/// A server with more callers than it can serve, who come back at once when they are refused.
@Suite(.serialized) struct OverloadTests {
  private struct Outcome {
    /// Calls served each second.
    var goodput = 0.0
    /// What served calls took, in seconds, sorted.
    var durations: [Double] = []
    var refusals = 0

    var p99: Double { durations.isEmpty ? 0 : durations[durations.count * 99 / 100] }
  }

  private final class Tally: Sendable {
    struct State {
      var served = 0
      var begin = ContinuousClock.now
      var end: ContinuousClock.Instant?
      var outcome = Outcome()
    }

    private let state = Mutex(State())
    /// Calls that are served before it counts, while the limit finds its place; and calls that count.
    static let (warmUp, counted) = (800, 1600)

    var isOver: Bool { state.withLock { $0.end != nil } }

    func served(_ duration: Duration) {
      state.withLock { state in
        if state.end != nil { return }
        state.served += 1
        if state.served == Self.warmUp { state.begin = .now }
        if state.served <= Self.warmUp { return }
        state.outcome.durations.append(duration / .seconds(1))
        if state.served == Self.warmUp + Self.counted { state.end = .now }
      }
    }

    func refused() { state.withLock { $0.outcome.refusals += 1 } }

    var outcome: Outcome {
      state.withLock { state in
        var outcome = state.outcome
        outcome.durations.sort()
        if let end = state.end {
          outcome.goodput = Double(Self.counted) / ((end - state.begin) / .seconds(1))
        }
        return outcome
      }
    }
  }

  /// Two threads that each take 2 ms for a call, and 200 callers.
  private func overload(_ limit: ConcurrencyLimit?) async throws -> Outcome {
    var configuration = RPCServerConfiguration.plain
    configuration.blockedLoopThreshold = nil
    configuration.methodLimits["*"] = limit
    let threads = ThreadPoolExecutor(threads: 2)
    var service = EchoService(unary: { request, _ in
      usleep(2000)
      return request
    })
    service.chosen = { _ in .executor(threads) }
    let tally = Tally()
    try await withServer(service, configuration: configuration) { _, port in
      let channels = (0..<4).map { _ in Channel(target: "ipv4:127.0.0.1:\(port)", options: .neverRetry) }
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<200 {
          group.addTask {
            while !tally.isOver {
              let start = ContinuousClock.now
              do {
                _ = try await channels[caller % channels.count].unary(Echo.unary, Text("x"))
                tally.served(.now - start)
              } catch {
                tally.refused()
              }
            }
          }
        }
      }
      for channel in channels { await channel.shutdown() }
    }
    return tally.outcome
  }

  @Test func sheddingServesNearlyAsManyAndThoseMuchSooner() async throws {
    let open = try await overload(nil)
    let shedding = try await overload(.adaptive())
    let summary = """
      served \(shedding.goodput) and \(open.goodput) a second, \
      p99 \(shedding.p99) and \(open.p99) s, refused \(shedding.refusals)
      """
    #expect(open.refusals == 0)
    #expect(shedding.refusals > 0)
    #expect(shedding.goodput > 0.8 * open.goodput, "\(summary)")
    #expect(shedding.p99 < 0.7 * open.p99, "\(summary)")
  }
}
