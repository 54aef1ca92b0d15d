extension ServiceConfig {
  /// The first policy of `loadBalancingConfig` that is known counts (gRFC A24); `loadBalancingPolicy` is the
  /// older form.
  mutating func readLoadBalancing(_ value: ConfigValue) throws {
    if let list = try value.field("loadBalancingConfig") {
      try readLoadBalancing(list: list, depth: 0)
    } else if let name = try value.field("loadBalancingPolicy") {
      loadBalancing = try LoadBalancingPolicy(name: try name.string().lowercased(), config: nil)
      if loadBalancing == nil { throw name.error("\"\(try name.string())\" is no policy known here") }
    }
  }

  private mutating func readLoadBalancing(list: ConfigValue, depth: Int) throws {
    if depth > 3 { throw list.error("policies are nested too deeply") }
    var unknown: [String] = []
    for element in try list.elements() {
      let entries = try element.entries()
      guard let (name, config) = entries.first, entries.count == 1 else {
        throw element.error("must have exactly one name, that of a policy")
      }
      if name == "outlier_detection_experimental" {
        outlierDetection = try OutlierDetectionPolicy(config)
        return try readLoadBalancing(list: config.required("childPolicy"), depth: depth + 1)
      }
      if let policy = try LoadBalancingPolicy(name: name, config: config) {
        loadBalancing = policy
        return
      }
      unknown.append(name)
    }
    throw list.error("names no policy known here: \(unknown.joined(separator: ", "))")
  }
}

extension LoadBalancingPolicy {
  /// - Returns: nil when there is no such policy.
  init?(name: String, config: ConfigValue?) throws {
    switch name {
    case "pick_first":
      self = .pickFirst(shuffles: try config?.field("shuffleAddressList")?.bool() ?? false)
    case "round_robin": self = .roundRobin
    case "weighted_round_robin": self = .weightedRoundRobin
    case "least_request_experimental", "least_request":
      // More than ten choices count as ten (gRFC A48).
      self = .leastRequest(
        choices: min(10, try config?.field("choiceCount")?.integer(in: 2...Int(UInt32.max)) ?? 2))
    case "ring_hash_experimental", "ring_hash":
      let sizes = 1...8_388_608
      let least = try config?.field("minRingSize")?.integer(in: sizes) ?? 1024
      let most = try config?.field("maxRingSize")?.integer(in: sizes) ?? max(least, 4096)
      if least > most, let config { throw config.error("minRingSize is larger than maxRingSize") }
      let header = try config?.field("requestHashHeader")?.string() ?? ""
      self = .ringHash(minRingSize: least, maxRingSize: most, header: header.lowercased())
    default: return nil
    }
  }
}

extension OutlierDetectionPolicy {
  /// gRFC A50's `OutlierDetectionLoadBalancingConfig`.
  init(_ value: ConfigValue) throws {
    self.init()
    if let given = try value.field("interval") { interval = try given.duration(positive: true) }
    if let given = try value.field("baseEjectionTime") {
      baseEjectionTime = try given.duration(positive: true)
    }
    if let given = try value.field("maxEjectionTime") { maxEjectionTime = try given.duration(positive: true) }
    maxEjectionTime = max(maxEjectionTime, baseEjectionTime)
    if let given = try value.field("maxEjectionPercent") { maxEjectionPercent = try given.percent() }
    if let given = try value.field("successRateEjection") {
      var rule = SuccessRate()
      if let factor = try given.field("stdevFactor") {
        rule.stdevFactor = try factor.integer(in: 0...Int(UInt32.max))
      }
      if let percent = try given.field("enforcementPercentage") { rule.enforcement = try percent.percent() }
      if let hosts = try given.field("minimumHosts") { rule.minimumHosts = try hosts.count() }
      if let volume = try given.field("requestVolume") { rule.requestVolume = try volume.count() }
      successRate = rule
    }
    if let given = try value.field("failurePercentageEjection") {
      var rule = FailurePercentage()
      if let percent = try given.field("threshold") { rule.threshold = try percent.percent() }
      if let percent = try given.field("enforcementPercentage") { rule.enforcement = try percent.percent() }
      if let hosts = try given.field("minimumHosts") { rule.minimumHosts = try hosts.count() }
      if let volume = try given.field("requestVolume") { rule.requestVolume = try volume.count() }
      failurePercentage = rule
    }
  }
}

extension ConfigValue {
  fileprivate func percent() throws -> Int { try integer(in: 0...100) }
  fileprivate func count() throws -> Int { try integer(in: 0...Int(UInt32.max)) }
}
