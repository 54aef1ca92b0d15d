/// How the clients of a service are to call it: gRPC's service config.
///
/// Written in code, or read from the JSON form that gRPC clients of every language share
/// (``init(json:)``).
public struct ServiceConfig: Sendable, Hashable {
  /// How calls are spread over the service's addresses. Nil leaves it to ``ChannelOptions/loadBalancing``.
  public var loadBalancing: LoadBalancingPolicy?
  /// Settings of methods. The most specific one counts, wherever it stands: of the method, else of its
  /// service, else of everything.
  public var methods: [MethodConfig]
  /// The budget that retries and hedges are paid from. Nil leaves it to ``RetryPolicy/throttling`` of
  /// ``ChannelOptions/retry``.
  public var retryThrottling: RetryThrottling?
  /// Sends calls only to backends that say of themselves that they serve.
  public var healthCheck: HealthCheckPolicy?
  /// Sends no calls for a while to backends that fail more than others.
  public var outlierDetection: OutlierDetectionPolicy?
  /// Sends no calls for a while to a backend that failed several times in a row.
  public var circuitBreaker: CircuitBreakerPolicy?
  /// Calls that run on one backend at a time; further ones go elsewhere, or fail with UNAVAILABLE at once.
  public var maxRequestsInFlight: Int?

  public init(
    loadBalancing: LoadBalancingPolicy? = nil, methods: [MethodConfig] = [],
    retryThrottling: RetryThrottling? = nil, healthCheck: HealthCheckPolicy? = nil,
    outlierDetection: OutlierDetectionPolicy? = nil, circuitBreaker: CircuitBreakerPolicy? = nil,
    maxRequestsInFlight: Int? = nil
  ) {
    self.loadBalancing = loadBalancing
    self.methods = methods
    self.retryThrottling = retryThrottling
    self.healthCheck = healthCheck
    self.outlierDetection = outlierDetection
    self.circuitBreaker = circuitBreaker
    self.maxRequestsInFlight = maxRequestsInFlight
  }
}

/// Settings of some methods of a service. What is nil is left to the call's ``CallOptions`` and the channel.
public struct MethodConfig: Sendable, Hashable {
  /// Which methods are meant.
  public struct Name: Sendable, Hashable {
    /// The full name of a service, such as `weft.config.v1.Config`; empty means every service.
    public var service: String
    /// Empty means every method of the service.
    public var method: String

    public init(service: String = "", method: String = "") {
      self.service = service
      self.method = method
    }
  }

  public var names: [Name]
  /// Used by calls that do not say themselves whether they wait for a connection.
  public var waitForReady: Bool?
  /// The longest that a call may take; a call's own timeout counts when it is shorter.
  public var timeout: Duration?
  /// Bytes of one message that is sent; a call's own limit counts when it is smaller.
  public var maxRequestBytes: Int?
  /// Bytes of one message that is received; a call's own limit counts when it is smaller.
  public var maxResponseBytes: Int?
  /// When calls are tried again. Not together with ``hedging``, which counts when both are set.
  public var retry: RetryPolicy?
  /// When a call is sent to several backends at once.
  public var hedging: HedgingPolicy?

  public init(
    names: [Name] = [Name()], waitForReady: Bool? = nil, timeout: Duration? = nil,
    maxRequestBytes: Int? = nil, maxResponseBytes: Int? = nil, retry: RetryPolicy? = nil,
    hedging: HedgingPolicy? = nil
  ) {
    self.names = names
    self.waitForReady = waitForReady
    self.timeout = timeout
    self.maxRequestBytes = maxRequestBytes
    self.maxResponseBytes = maxResponseBytes
    self.retry = retry
    self.hedging = hedging
  }
}

/// Client-side health checking (gRFC A17).
public struct HealthCheckPolicy: Sendable, Hashable {
  /// The name that `grpc.health.v1.Health/Watch` is asked for; empty means the server as a whole.
  public var service: String

  public init(service: String = "") {
    self.service = service
  }
}
