import NIOCore

/// What the attempts at one call have in common: its options, with what the service config and the channel
/// say where the options are silent.
///
/// Little that is counted: every call copies it once or twice.
struct CallPlan: Sendable {
  let shared: ChannelMethod
  /// When the call was made.
  let start = NIODeadline.now()
  let metadata: Metadata
  let deadline: ContinuousClock.Instant?
  let waitForReady: Bool
  let maxRequestBytes: Int
  let maxResponseBytes: Int
  let encoding: MessageEncoding
  /// What a ring hash chooses the address by.
  let hash: UInt64?
  /// The span of the work that the call is made for, unless the caller brings a trace context of its own.
  let span: CallSpan?

  /// Bytes of one received message when nobody says otherwise.
  static let defaultMaxResponseBytes = 4 << 20

  init(_ shared: ChannelMethod, _ options: CallOptions, _ core: ChannelCore) {
    self.shared = shared
    metadata = options.metadata
    hash = core.hash(for: options)
    let config = shared.config
    let scope = CallScope.inherited
    deadline = CallScope.deadline(timeout: Self.smaller(options.timeout, config?.timeout), in: scope)
    waitForReady = options.waitForReady ?? config?.waitForReady ?? false
    maxRequestBytes = Self.smaller(options.maxRequestBytes, config?.maxRequestBytes) ?? .max
    maxResponseBytes =
      Self.smaller(options.maxResponseBytes, config?.maxResponseBytes) ?? Self.defaultMaxResponseBytes
    encoding = options.compression ?? core.options.compression
    let span = scope?.span
    self.span = span != nil && options.metadata[TraceContext.parentField] == nil ? span : nil
  }

  var method: MethodPath { shared.method }

  var hedging: HedgingPolicy? { shared.config?.hedging }

  private static func smaller<Value: Comparable>(_ a: Value?, _ b: Value?) -> Value? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }

  /// - Parameter bytes: of a message that is about to be sent.
  func checkRequest(_ bytes: Int) throws {
    if bytes > maxRequestBytes {
      throw RPCError(
        .resourceExhausted,
        "a message of \(bytes) bytes is larger than the limit of \(maxRequestBytes) for \(method.path)")
    }
  }
}
