import WeftProtobuf

extension HealthStatus {
  /// Nil when the message says nothing.
  public init?(_ message: Weft_Registry_V1_HealthStatus) {
    switch message {
    case .passing: self = .passing
    case .warning: self = .warning
    case .critical: self = .critical
    default: return nil
    }
  }

  public var message: Weft_Registry_V1_HealthStatus {
    switch self {
    case .passing: .passing
    case .warning: .warning
    case .critical: .critical
    }
  }
}

extension Maintenance {
  public init(_ message: Weft_Registry_V1_Maintenance) {
    self.init(
      reason: message.reason, since: .milliseconds(Int64(clamping: message.sinceMilliseconds)))
  }

  public var message: Weft_Registry_V1_Maintenance {
    var message = Weft_Registry_V1_Maintenance()
    message.reason = reason
    message.sinceMilliseconds = UInt64(clamping: since.milliseconds)
    return message
  }
}

extension HealthCheck {
  /// The check as it stands in the message, with the proto's defaults filled in.
  public init(_ message: Weft_Registry_V1_HealthCheck) {
    func duration(_ milliseconds: UInt32, else standard: Duration) -> Duration {
      milliseconds == 0 ? standard : .milliseconds(Int64(milliseconds))
    }
    let failures = max(1, Int(message.failuresBeforeCritical))
    let patience = message.deregisterCriticalAfterMilliseconds
    self.init(
      id: message.id, name: message.name, kind: Kind(message.kind),
      interval: duration(message.intervalMilliseconds, else: .seconds(10)),
      timeout: duration(message.timeoutMilliseconds, else: .seconds(10)),
      successesBeforePassing: max(1, Int(message.successesBeforePassing)),
      failuresBeforeWarning: message.failuresBeforeWarning == 0
        ? failures : Int(message.failuresBeforeWarning),
      failuresBeforeCritical: failures,
      deregisterCriticalAfter: patience == 0 ? nil : .milliseconds(Int64(patience)), notes: message.notes,
      state: CheckState(
        status: HealthStatus(message.status) ?? .critical, output: message.output,
        changedAt: .milliseconds(Int64(clamping: message.changedMilliseconds))))
    addedRevision = message.addedRevision
    modifiedRevision = message.modifiedRevision
  }

  public var message: Weft_Registry_V1_HealthCheck {
    var message = Weft_Registry_V1_HealthCheck()
    message.id = id
    message.name = name
    message.kind = kind.message
    message.intervalMilliseconds = UInt32(clamping: interval.milliseconds)
    message.timeoutMilliseconds = UInt32(clamping: timeout.milliseconds)
    message.successesBeforePassing = UInt32(clamping: successesBeforePassing)
    message.failuresBeforeWarning = UInt32(clamping: failuresBeforeWarning)
    message.failuresBeforeCritical = UInt32(clamping: failuresBeforeCritical)
    message.deregisterCriticalAfterMilliseconds = UInt32(
      clamping: deregisterCriticalAfter?.milliseconds ?? 0)
    message.notes = notes
    message.status = state.status.message
    message.output = state.output
    message.changedMilliseconds = UInt64(clamping: state.changedAt.milliseconds)
    message.addedRevision = addedRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}

extension HealthCheck.Kind {
  private typealias Message = Weft_Registry_V1_HealthCheck

  init(_ message: Weft_Registry_V1_HealthCheck.OneOf_Kind?) {
    switch message {
    case .ttl(let ttl): self = .ttl(.milliseconds(Int64(ttl.ttlMilliseconds)))
    case .http(let http): self = .http(HTTPProbe(http))
    case .tcp(let tcp): self = .tcp(tcp.target)
    case .grpc(let grpc):
      self = .grpc(
        GRPCProbe(
          target: grpc.target, service: grpc.service, useTLS: grpc.useTls,
          skipTLSVerify: grpc.skipTlsVerify))
    case .alias(let alias):
      let node = alias.node.isEmpty ? Node.registryName : alias.node
      self = .alias(alias.instanceID.isEmpty ? .node(node) : .service(id: alias.instanceID, node: node))
    case nil: self = .external
    }
  }

  var message: Weft_Registry_V1_HealthCheck.OneOf_Kind? {
    switch self {
    case .external: return nil
    case .ttl(let ttl):
      var message = Message.Ttl()
      message.ttlMilliseconds = UInt32(clamping: ttl.milliseconds)
      return .ttl(message)
    case .http(let probe): return .http(probe.message)
    case .tcp(let target):
      var message = Message.Tcp()
      message.target = target
      return .tcp(message)
    case .grpc(let probe):
      var message = Message.Grpc()
      message.target = probe.target
      message.service = probe.service
      message.useTls = probe.useTLS
      message.skipTlsVerify = probe.skipTLSVerify
      return .grpc(message)
    case .alias(let target):
      var message = Message.Alias()
      switch target {
      case .node(let node): message.node = node
      case .service(let id, let node):
        message.instanceID = id
        message.node = node
      }
      return .alias(message)
    }
  }
}

extension HTTPProbe {
  init(_ message: Weft_Registry_V1_HealthCheck.Http) {
    self.init(
      url: message.url, method: message.method.isEmpty ? "GET" : message.method,
      headers: message.headers.reduce(into: [:]) { $0[$1.name, default: []] += $1.values },
      body: message.body, skipTLSVerify: message.skipTlsVerify)
  }

  var message: Weft_Registry_V1_HealthCheck.Http {
    var message = Weft_Registry_V1_HealthCheck.Http()
    message.url = url
    message.method = method
    message.headers = headers.sorted { $0.key < $1.key }.map { name, values in
      var header = Weft_Registry_V1_HealthCheck.Header()
      header.name = name
      header.values = values
      return header
    }
    message.body = body
    message.skipTlsVerify = skipTLSVerify
    return message
  }
}
