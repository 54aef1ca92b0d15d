/// What calls inherit from the call that is being served while they are made.
public struct CallScope: Sendable {
  /// The served call's deadline.
  public let deadline: ContinuousClock.Instant?
  /// The served call's part in a trace; nil when it is not traced.
  public let span: CallSpan?

  /// Where the served call stands in a trace; nil when it is not traced.
  public var trace: TraceContext? { span?.trace }

  public init(deadline: ContinuousClock.Instant?, span: CallSpan? = nil) {
    self.deadline = deadline
    self.span = span
  }

  /// The scope of the call that the current task serves.
  @TaskLocal public static var current: CallScope?

  /// The earlier of a new call's own deadline and the inherited one.
  static func deadline(timeout: Duration?, in scope: CallScope?) -> ContinuousClock.Instant? {
    let own = timeout.map { ContinuousClock.now + $0 }
    guard let inherited = scope?.deadline else { return own }
    guard let own else { return inherited }
    return min(own, inherited)
  }
}
