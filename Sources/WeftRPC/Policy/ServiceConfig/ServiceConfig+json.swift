extension ServiceConfig {
  /// Reads the JSON form of gRPC's service config (`grpc.service_config.ServiceConfig`; gRFC A2, A6, A17,
  /// A50), with Weft's own `circuitBreaker` and `maxRequestsInFlight` under the name `weft`. Names that are
  /// not known are ignored.
  ///
  /// - Throws: ``ServiceConfigError``, which says what is wrong and where. Nothing is taken from a config
  ///   that is wrong in part (gRFC A21).
  public init(json: String) throws {
    try self.init(ConfigValue(json: json))
  }

  init(_ value: ConfigValue) throws {
    self.init()
    methods = try value.field("methodConfig")?.elements().map(MethodConfig.init) ?? []
    try Self.refuseRepeatedNames(methods)
    retryThrottling = try value.field("retryThrottling").map(RetryThrottling.init)
    if let health = try value.field("healthCheckConfig") {
      // Without a name gRPC's clients do not check at all (gRFC A17).
      healthCheck = try health.field("serviceName").map { HealthCheckPolicy(service: try $0.string()) }
    }
    try readLoadBalancing(value)
    if let own = try value.field("weft") {
      circuitBreaker = try own.field("circuitBreaker").map(CircuitBreakerPolicy.init)
      maxRequestsInFlight = try own.field("maxRequestsInFlight")?.integer(in: 1...1_000_000_000)
    }
  }

  private static func refuseRepeatedNames(_ methods: [MethodConfig]) throws {
    var seen: Set<MethodConfig.Name> = []
    for (index, config) in methods.enumerated() {
      for (number, name) in config.names.enumerated() where !seen.insert(name).inserted {
        throw ServiceConfigError(
          path: "methodConfig[\(index)].name[\(number)]",
          reason: "there are settings for \(name.service.isEmpty ? "everything" : name.text) already")
      }
    }
  }
}

extension MethodConfig.Name {
  fileprivate var text: String { method.isEmpty ? service : "\(service)/\(method)" }
}

extension MethodConfig {
  init(_ value: ConfigValue) throws {
    let names = try value.field("name")?.elements().map { name in
      let service = try name.field("service")?.string() ?? ""
      let method = try name.field("method")?.string() ?? ""
      if service.isEmpty, !method.isEmpty { throw name.error("has a method but no service") }
      return Name(service: service, method: method)
    }
    self.init(names: names ?? [])
    waitForReady = try value.field("waitForReady")?.bool()
    timeout = try value.field("timeout")?.duration()
    let sizes = 0...Int(UInt32.max)
    maxRequestBytes = try value.field("maxRequestMessageBytes")?.integer(in: sizes)
    maxResponseBytes = try value.field("maxResponseMessageBytes")?.integer(in: sizes)
    retry = try value.field("retryPolicy").map(RetryPolicy.init)
    hedging = try value.field("hedgingPolicy").map(HedgingPolicy.init)
    if retry != nil, hedging != nil {
      throw value.error("has both a retryPolicy and a hedgingPolicy; one of them at most is allowed")
    }
  }
}

extension RetryPolicy {
  /// More attempts are taken as this many (gRFC A6).
  static let mostAttempts = 5

  init(_ value: ConfigValue) throws {
    self.init()
    let attempts = try value.required("maxAttempts").integer(in: 2...Int(UInt32.max))
    maxAttempts = min(attempts, Self.mostAttempts)
    initialBackoff = try value.required("initialBackoff").duration(positive: true)
    maxBackoff = try value.required("maxBackoff").duration(positive: true)
    let multiplier = try value.required("backoffMultiplier")
    backoffMultiplier = try multiplier.number()
    if backoffMultiplier <= 0 { throw multiplier.error("must be over 0") }
    let codes = try value.required("retryableStatusCodes")
    retryableStatusCodes = try codes.statusCodes()
    if retryableStatusCodes.isEmpty { throw codes.error("must name a status code") }
  }
}

extension HedgingPolicy {
  init(_ value: ConfigValue) throws {
    self.init()
    let attempts = try value.required("maxAttempts").integer(in: 2...Int(UInt32.max))
    maxAttempts = min(attempts, RetryPolicy.mostAttempts)
    delay = try value.field("hedgingDelay")?.duration() ?? .zero
    nonFatalStatusCodes = try value.field("nonFatalStatusCodes")?.statusCodes() ?? []
  }
}

extension RetryThrottling {
  init(_ value: ConfigValue) throws {
    let tokens = try value.required("maxTokens").integer(in: 1...1000)
    let ratio = try value.required("tokenRatio")
    self.init(maxTokens: tokens, tokenRatio: try ratio.number())
    // Three decimal places count (gRFC A6).
    if tokenRatio < 0.001 { throw ratio.error("must be 0.001 or more") }
  }
}

extension CircuitBreakerPolicy {
  init(_ value: ConfigValue) throws {
    self.init()
    if let count = try value.field("failures") { failures = try count.integer(in: 1...1_000_000) }
    if let pause = try value.field("openDuration") { openDuration = try pause.duration(positive: true) }
    if let codes = try value.field("statusCodes") { statusCodes = try codes.statusCodes() }
  }
}
