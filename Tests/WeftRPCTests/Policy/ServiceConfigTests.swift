import Testing

@testable import WeftRPC

/// The JSON form of service configs.
@Suite struct ServiceConfigTests {
  @Test func everythingThatGRPCKnowsIsRead() throws {
    let config = try ServiceConfig(
      json: """
        {
          "loadBalancingConfig": [{"unheard_of": {}}, {"round_robin": {}}],
          "methodConfig": [
            {
              "name": [{"service": "a.B", "method": "C"}, {"service": "a.D"}],
              "waitForReady": true, "timeout": "1.500s",
              "maxRequestMessageBytes": 1000, "maxResponseMessageBytes": "2000",
              "retryPolicy": {
                "maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 1.5,
                "retryableStatusCodes": ["UNAVAILABLE", "aborted", 8]
              }
            },
            {"name": [{}], "hedgingPolicy": {"maxAttempts": 2, "hedgingDelay": "0.5s", "nonFatalStatusCodes": [14]}}
          ],
          "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.25},
          "healthCheckConfig": {"serviceName": "a.B"},
          "weft": {"circuitBreaker": {"failures": 3, "openDuration": "5s"}, "maxRequestsInFlight": 7},
          "later": {"x": [1]}
        }
        """)
    var retry = RetryPolicy()
    retry.maxAttempts = 3
    retry.initialBackoff = .milliseconds(100)
    retry.maxBackoff = .seconds(1)
    retry.backoffMultiplier = 1.5
    retry.retryableStatusCodes = [.unavailable, .aborted, .resourceExhausted]
    let hedging = HedgingPolicy(
      maxAttempts: 2, delay: .milliseconds(500), nonFatalStatusCodes: [.unavailable])
    let expected = ServiceConfig(
      loadBalancing: .roundRobin,
      methods: [
        MethodConfig(
          names: [.init(service: "a.B", method: "C"), .init(service: "a.D")], waitForReady: true,
          timeout: .milliseconds(1500), maxRequestBytes: 1000, maxResponseBytes: 2000, retry: retry),
        MethodConfig(names: [.init()], hedging: hedging),
      ],
      retryThrottling: RetryThrottling(maxTokens: 10, tokenRatio: 0.25),
      healthCheck: HealthCheckPolicy(service: "a.B"),
      circuitBreaker: CircuitBreakerPolicy(failures: 3, openDuration: .seconds(5)), maxRequestsInFlight: 7)
    #expect(config == expected)
  }

  @Test func outlierDetectionStandsAroundItsChildPolicy() throws {
    let config = try ServiceConfig(
      json: """
        {"loadBalancingConfig": [{"outlier_detection_experimental": {
          "interval": "1s", "baseEjectionTime": "2s", "maxEjectionTime": "30s", "maxEjectionPercent": 50,
          "successRateEjection": {"stdevFactor": 1000, "enforcementPercentage": 90, "minimumHosts": 2, "requestVolume": 3},
          "failurePercentageEjection": {"threshold": 40, "minimumHosts": 4},
          "childPolicy": [{"least_request_experimental": {"choiceCount": 3}}]
        }}]}
        """)
    #expect(config.loadBalancing == .leastRequest(choices: 3))
    let outliers = try #require(config.outlierDetection)
    #expect(outliers.interval == .seconds(1))
    #expect(outliers.baseEjectionTime == .seconds(2))
    #expect(outliers.maxEjectionTime == .seconds(30))
    #expect(outliers.maxEjectionPercent == 50)
    #expect(outliers.successRate?.stdevFactor == 1000)
    #expect(outliers.successRate?.enforcement == 90)
    #expect(outliers.successRate?.minimumHosts == 2)
    #expect(outliers.successRate?.requestVolume == 3)
    #expect(outliers.failurePercentage?.threshold == 40)
    #expect(outliers.failurePercentage?.minimumHosts == 4)
    #expect(outliers.failurePercentage?.requestVolume == 50)
  }

  @Test(arguments: [
    (#"{"loadBalancingPolicy": "ROUND_ROBIN"}"#, LoadBalancingPolicy.roundRobin),
    (#"{"loadBalancingConfig": [{"pick_first": {"shuffleAddressList": true}}]}"#, .pickFirst(shuffles: true)),
    (#"{"loadBalancingConfig": [{"weighted_round_robin": {}}]}"#, .weightedRoundRobin),
    (
      #"{"loadBalancingConfig": [{"ring_hash_experimental": {"minRingSize": 5, "requestHashHeader": "User"}}]}"#,
      .ringHash(minRingSize: 5, maxRingSize: 4096, header: "user")
    ),
  ])
  func policiesAreKnownByTheirNames(_ json: String, _ policy: LoadBalancingPolicy) throws {
    #expect(try ServiceConfig(json: json).loadBalancing == policy)
  }

  @Test func attemptsOverFiveCountAsFive() throws {
    let config = try ServiceConfig(
      json: """
        {"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 50, "initialBackoff": "1s",
          "maxBackoff": "1s", "backoffMultiplier": 1, "retryableStatusCodes": [14]}}]}
        """)
    #expect(config.methods.first?.retry?.maxAttempts == 5)
  }

  @Test(arguments: [
    ("", "", "byte"),
    ("[]", "", "must be an object, not a list"),
    (#"{"methodConfig": {}}"#, "methodConfig", "must be a list, not an object"),
    (#"{"methodConfig": [{"timeout": "soon"}]}"#, "methodConfig[0].timeout", "a duration"),
    (#"{"methodConfig": [{"timeout": "-1s"}]}"#, "methodConfig[0].timeout", "not negative"),
    (#"{"methodConfig": [{"waitForReady": 1}]}"#, "methodConfig[0].waitForReady", "true or false"),
    (
      #"{"methodConfig": [{"maxRequestMessageBytes": -1}]}"#, "methodConfig[0].maxRequestMessageBytes",
      "from 0"
    ),
    (
      #"{"methodConfig": [{"maxRequestMessageBytes": 1.5}]}"#, "methodConfig[0].maxRequestMessageBytes",
      "whole"
    ),
    (#"{"methodConfig": [{"name": [{"method": "x"}]}]}"#, "methodConfig[0].name[0]", "no service"),
    (#"{"methodConfig": [{"name": [{}]}, {"name": [{}]}]}"#, "methodConfig[1].name[0]", "already"),
    (#"{"methodConfig": [{"retryPolicy": {}}]}"#, "methodConfig[0].retryPolicy", "has no maxAttempts"),
    (
      #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 1}}]}"#, "methodConfig[0].retryPolicy.maxAttempts",
      "from 2"
    ),
    (
      #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "initialBackoff": "0s"}}]}"#,
      "methodConfig[0].retryPolicy.initialBackoff", "longer than 0s"
    ),
    (
      #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 0}}]}"#,
      "methodConfig[0].retryPolicy.backoffMultiplier", "over 0"
    ),
    (
      #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["MAYBE"]}}]}"#,
      "methodConfig[0].retryPolicy.retryableStatusCodes[0]", "MAYBE"
    ),
    (
      #"{"methodConfig": [{"retryPolicy": {"maxAttempts": 2, "initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": []}}]}"#,
      "methodConfig[0].retryPolicy.retryableStatusCodes", "must name"
    ),
    (
      #"{"methodConfig": [{"hedgingPolicy": {"maxAttempts": 2}, "retryPolicy": {"maxAttempts": 2, "initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": [14]}}]}"#,
      "methodConfig[0]", "both"
    ),
    (
      #"{"retryThrottling": {"maxTokens": 1001, "tokenRatio": 1}}"#, "retryThrottling.maxTokens",
      "from 1 to 1000"
    ),
    (#"{"retryThrottling": {"maxTokens": 1, "tokenRatio": 0}}"#, "retryThrottling.tokenRatio", "0.001"),
    (#"{"loadBalancingConfig": [{"grand_lottery": {}}]}"#, "loadBalancingConfig", "grand_lottery"),
    (#"{"loadBalancingConfig": [{"a": {}, "b": {}}]}"#, "loadBalancingConfig[0]", "exactly one"),
    (#"{"loadBalancingPolicy": "grand_lottery"}"#, "loadBalancingPolicy", "grand_lottery"),
    (
      #"{"loadBalancingConfig": [{"outlier_detection_experimental": {"maxEjectionPercent": 101}}]}"#,
      "loadBalancingConfig[0].outlier_detection_experimental.maxEjectionPercent", "from 0 to 100"
    ),
    (#"{"weft": {"circuitBreaker": {"failures": 0}}}"#, "weft.circuitBreaker.failures", "from 1"),
    (#"{"healthCheckConfig": {"serviceName": 3}}"#, "healthCheckConfig.serviceName", "a string"),
  ])
  func whatIsWrongIsToldWithItsPlace(_ json: String, _ path: String, _ reason: String) {
    do {
      _ = try ServiceConfig(json: json)
      Issue.record("this was taken: \(json)")
    } catch let error as ServiceConfigError {
      #expect(error.path == path)
      #expect(error.reason.contains(reason), "\(error)")
      #expect(path.isEmpty || error.description.contains(path))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func theMostSpecificNameCounts() throws {
    let table = MethodConfigTable([
      MethodConfig(names: [.init()], timeout: .seconds(1)),
      MethodConfig(names: [.init(service: "a.B")], timeout: .seconds(2)),
      MethodConfig(names: [.init(service: "a.B", method: "C")], timeout: .seconds(3)),
    ])
    #expect(table.config(for: "/a.B/C")?.timeout == .seconds(3))
    #expect(table.config(for: "/a.B/D")?.timeout == .seconds(2))
    #expect(table.config(for: "/a.BC/C")?.timeout == .seconds(1))
    #expect(table.config(for: "nonsense")?.timeout == .seconds(1))
    #expect(MethodConfigTable([]).config(for: "/a.B/C") == nil)
  }

  @Test func firstChoiceThatFitsTheClientCounts() throws {
    let json = """
      [
        {"clientLanguage": ["go"], "serviceConfig": {"loadBalancingPolicy": "pick_first"}},
        {"percentage": 5, "serviceConfig": {"loadBalancingPolicy": "weighted_round_robin"}},
        {"clientHostname": ["canary"], "clientLanguage": ["Swift"], "serviceConfig": {"loadBalancingPolicy": "round_robin"}}
      ]
      """
    #expect(
      try ServiceConfig(choices: json, hostname: "x", percentile: 4)?.loadBalancing == .weightedRoundRobin)
    #expect(try ServiceConfig(choices: json, hostname: "canary", percentile: 5)?.loadBalancing == .roundRobin)
    #expect(try ServiceConfig(choices: json, hostname: "x", percentile: 5) == nil)
    #expect(throws: ServiceConfigError.self) {
      try ServiceConfig(choices: #"[{"serviceConfig": {}}, {"percentage": 101, "serviceConfig": {}}]"#)
    }
    #expect(throws: ServiceConfigError.self) { try ServiceConfig(choices: #"[{"percentage": 1}]"#) }
  }
}
