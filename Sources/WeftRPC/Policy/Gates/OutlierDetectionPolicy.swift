/// Keeps calls away from backends that fail more often than the others (gRFC A50).
///
/// Calls are counted for an interval; then each rule looks for outliers, which are ejected for a time that
/// grows with every ejection.
public struct OutlierDetectionPolicy: Sendable, Hashable {
  /// Ejects backends whose success rate is far below the mean.
  public struct SuccessRate: Sendable, Hashable {
    /// Standard deviations below the mean, in thousandths, that are tolerated.
    public var stdevFactor = 1900
    /// Percent of the backends found so that are ejected, chosen at random.
    public var enforcement = 100
    /// Backends that must have enough calls for the rule to be used.
    public var minimumHosts = 5
    /// Calls in an interval that a backend must have had to be judged.
    public var requestVolume = 100

    public init() {}
  }

  /// Ejects backends of whose calls too many fail, whatever the others do.
  public struct FailurePercentage: Sendable, Hashable {
    /// Percent of failed calls that is tolerated.
    public var threshold = 85
    /// Percent of the backends found so that are ejected, chosen at random.
    public var enforcement = 100
    /// Backends that must have enough calls for the rule to be used.
    public var minimumHosts = 5
    /// Calls in an interval that a backend must have had to be judged.
    public var requestVolume = 50

    public init() {}
  }

  public var interval: Duration = .seconds(10)
  /// How long a backend is ejected, times the number of its ejections.
  public var baseEjectionTime: Duration = .seconds(30)
  public var maxEjectionTime: Duration = .seconds(300)
  /// Percent of the backends that may be ejected at a time; one may always be.
  public var maxEjectionPercent = 10
  public var successRate: SuccessRate?
  public var failurePercentage: FailurePercentage?

  public init(successRate: SuccessRate? = nil, failurePercentage: FailurePercentage? = nil) {
    self.successRate = successRate
    self.failurePercentage = failurePercentage
  }
}
