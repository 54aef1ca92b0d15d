/// The limiters of one server. Found once for each method.
struct CallLimits {
  /// What keeps the calls of one method within limits.
  struct OfMethod: Sendable {
    let server: CallLimiter?
    let method: CallLimiter?
    let refusals: MetricCounter

    /// Takes a place in each.
    func acquire() -> RPCError? {
      if let error = server?.acquire() { return refused(error) }
      if let error = method?.acquire() {
        server?.release()
        return refused(error)
      }
      return nil
    }

    private func refused(_ error: RPCError) -> RPCError {
      refusals.add()
      return error
    }
  }

  private let server: CallLimiter?
  private let methods: [String: ConcurrencyLimit]

  init(_ configuration: RPCServerConfiguration) {
    server = configuration.concurrencyLimit.map { CallLimiter($0, subject: "this server") }
    methods = configuration.methodLimits
  }

  /// - Returns: nil for a method that has no limit.
  func limits(of method: MethodPath) -> OfMethod? {
    let isStream = method.kind != .unary
    var server = server
    if isStream, server?.isAdaptive == true { server = nil }
    var own = methodLimit(method.path).map { CallLimiter($0, subject: method.path) }
    if isStream, own?.isAdaptive == true { own = nil }
    if server == nil, own == nil { return nil }
    return OfMethod(
      server: server, method: own,
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
