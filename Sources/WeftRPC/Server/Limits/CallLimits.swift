/// The limits of one server. Found once for each method.
struct CallLimits {
  /// What keeps the calls of one method within limits.
  struct OfMethod: Sendable {
    /// The server's and the method's own, as far as they are fixed.
    let limiters: [CallLimiter]
    /// As far as they are not: the method's own first, so that nobody who waits for that has a place in the server's.
    let shedders: [LoadShedder]
    let refusals: MetricCounter

    /// Takes a place within each limit that is fixed.
    func acquire() -> Refusal? {
      for (index, limiter) in limiters.enumerated() {
        guard let refusal = limiter.acquire() else { continue }
        for taken in limiters[..<index] { taken.release() }
        refusals.add()
        return refusal
      }
      return nil
    }

    func release() {
      for limiter in limiters { limiter.release() }
    }
  }

  private enum Limit {
    case fixed(CallLimiter)
    case adaptive(LoadShedder)

    init(_ limit: ConcurrencyLimit, subject: String) {
      switch limit.kind {
      case .fixed(let most): self = .fixed(CallLimiter(most, pushback: limit.pushback, subject: subject))
      case .adaptive(let settings):
        self = .adaptive(LoadShedder(settings, pushback: limit.pushback, subject: subject))
      }
    }

    var limiter: CallLimiter? { if case .fixed(let limiter) = self { limiter } else { nil } }
    var shedder: LoadShedder? { if case .adaptive(let shedder) = self { shedder } else { nil } }
  }

  private let server: Limit?
  private let methods: [String: ConcurrencyLimit]

  init(_ configuration: RPCServerConfiguration) {
    server = configuration.concurrencyLimit.map { Limit($0, subject: "this server") }
    methods = configuration.methodLimits
  }

  /// - Returns: nil for a method that has no limit.
  func limits(of method: MethodPath) -> OfMethod? {
    let own = methodLimit(method.path).map { Limit($0, subject: method.path) }
    let limiters = [server, own].compactMap { $0?.limiter }
    let shedders = method.kind == .unary ? [own, server].compactMap { $0?.shedder } : []
    if limiters.isEmpty, shedders.isEmpty { return nil }
    return OfMethod(
      limiters: limiters, shedders: shedders,
      refusals: MetricsRegistry.shared.counter(
        "weft_server_calls_refused_total", ["grpc_method": String(method.path.dropFirst())],
        help: "Calls that were refused because too many ran."))
  }

  /// The method's own, or what each method of its service is given, or each of the server.
  private func methodLimit(_ path: String) -> ConcurrencyLimit? {
    if let exact = methods[path] { return exact }
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return methods[path[...slash] + "*"] ?? methods["*"]
  }
}
