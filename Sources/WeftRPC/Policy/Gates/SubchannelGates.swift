import NIOPosix

/// Makes the gates of one channel's subchannels.
final class SubchannelGates: Sendable {
  private let options: ChannelOptions
  private let detector: OutlierDetector?

  /// Nil when nothing is configured that needs gates.
  init?(_ options: ChannelOptions) {
    let config = options.serviceConfig
    if config.healthCheck == nil, config.outlierDetection == nil, config.circuitBreaker == nil,
      config.maxRequestsInFlight == nil
    {
      return nil
    }
    self.options = options
    detector = config.outlierDetection.map(OutlierDetector.init)
    detector?.start(on: MultiThreadedEventLoopGroup.singleton.any())
  }

  /// - Parameter onChange: the gate begins to admit calls, or its ``SubchannelGate/refusal`` is another: calls
  ///   that wait for a subchannel should look again. The picker reads ``SubchannelGate/admits`` with every pick
  ///   and need not be made anew.
  func gate(for endpoint: Endpoint, onChange: @escaping @Sendable () -> Void) -> (any SubchannelGate)? {
    let config = options.serviceConfig
    let tally = detector.map { detector in
      let tally = OutlierTally(onReturn: onChange)
      detector.add(tally)
      return tally
    }
    return BackendGate(
      health: config.healthCheck.map {
        HealthWatch($0, endpoint: endpoint, options: options, onChange: onChange)
      },
      outliers: tally.flatMap { tally in detector.map { (tally, $0) } },
      breaker: config.circuitBreaker.map { CircuitBreaker($0, onChange: onChange) },
      limit: config.maxRequestsInFlight.map { RequestLimit($0, onChange: onChange) })
  }
}
