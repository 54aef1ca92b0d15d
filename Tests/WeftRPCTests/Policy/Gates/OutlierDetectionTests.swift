import Testing
import WeftRPC

/// Outlier detection at work in a channel.
@Suite struct OutlierDetectionTests {
  @Test func backendThatFailsIsLeftOutAndComesBackWhenItsTimeIsOver() async throws {
    let runs = Counter()
    let isHealed = Counter()
    let bad = EchoService(unary: { _, _ in
      runs.add(1)
      if isHealed.value == 0 { throw RPCError(.internalError, "on fire") }
      return Text("bad")
    })
    var rule = OutlierDetectionPolicy.FailurePercentage()
    rule.threshold = 50
    rule.minimumHosts = 1
    rule.requestVolume = 3
    var policy = OutlierDetectionPolicy(failurePercentage: rule)
    policy.interval = .milliseconds(20)
    policy.baseEjectionTime = .milliseconds(200)
    policy.maxEjectionPercent = 50
    var options = ChannelOptions.neverRetry
    options.serviceConfig.outlierDetection = policy
    try await withServer(bad) { _, bad in
      try await withServer(named("good")) { _, good in
        try await withChannel("ipv4:127.0.0.1:\(bad),127.0.0.1:\(good)", options) { channel in
          // Ejected: many calls in a row do not meet it.
          var streak = 0
          while streak < 50 || runs.value < 3 {
            let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
            streak = error == nil ? streak + 1 : 0
          }
          #expect(runs.value >= 3)
          isHealed.add(1)
          while try await channel.unary(Echo.unary, Text("x"), options: CallOptions(waitForReady: true)).value
            != "bad"
          {}
        }
      }
    }
  }
}
