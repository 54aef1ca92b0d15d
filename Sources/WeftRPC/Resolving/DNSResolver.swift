/// When a `dns:///` target is looked up again.
public struct DNSOptions: Sendable {
  /// After this time without any other reason; nil never does. Varied by a tenth, so that clients which started
  /// together do not ask together.
  public var refreshInterval: Duration? = .seconds(300)
  /// The least time between two lookups, however often connections fail (gRPC's 30 seconds).
  public var minInterval: Duration = .seconds(30)
  /// Pauses after lookups that failed.
  public var backoff = ConnectionBackoff()

  public init() {}
}

/// Resolves `dns:///host:port` to every address of the name, IPv6 and IPv4 in turn (RFC 8305, 4).
///
/// The name is looked up again when an address fails, and after ``DNSOptions/refreshInterval``. Without a port it
/// is 443, as with every gRPC client.
struct DNSResolver: Resolver {
  var options = DNSOptions()
  var lookup: @Sendable (_ host: String) async throws -> [String] = NameLookup.addresses

  static let defaultPort = 443

  func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> {
    let target = request.target
    guard target.authority.isEmpty else {
      return .just(
        .failed(
          "the DNS server \"\(target.authority)\" is not asked, only the system's own are: dns:///host:port"))
    }
    let name: HostPort
    do {
      name = try HostPort(parsing: target.endpoint)
    } catch {
      return .just(.failed(String(describing: error)))
    }
    let port = name.port ?? Self.defaultPort
    if IPAddress.family(of: name.host) != nil {
      return .just(.endpoints([Endpoint(host: name.host, port: port)]))
    }
    return AsyncStream { continuation in
      let task = Task {
        await run(target, name.host, port, request.refreshes) { continuation.yield($0) }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func run(
    _ target: ResolverTarget, _ host: String, _ port: Int, _ refreshes: AsyncStream<Void>,
    _ tell: (Resolution) -> Void
  ) async {
    let alarm = RefreshAlarm(refreshes)
    defer { alarm.stop() }
    var failures = 0
    var lookups = 0
    while !Task.isCancelled {
      lookups += 1
      do {
        let addresses = IPAddress.interleaved(try await lookup(host))
        failures = 0
        tell(
          .endpoints(
            addresses.map { address in
              var endpoint = Endpoint(host: address, port: port)
              endpoint.authority = target.endpoint
              return endpoint
            }))
        try await Task.sleep(for: options.minInterval)
        let rest = options.refreshInterval.map { $0 * Double.random(in: 0.9...1.1) - options.minInterval }
        await alarm.wait(atMost: rest.map { max($0, .zero) }, number: lookups)
      } catch is CancellationError {
        return
      } catch {
        failures += 1
        tell(.failed(String(describing: error)))
        // Calls that find no address ask for another lookup each, which must not shorten the pause.
        do { try await Task.sleep(for: options.backoff.delay(afterFailure: failures)) } catch { return }
      }
    }
  }
}

extension AsyncStream where Element: Sendable {
  /// A stream of one element.
  static func just(_ element: Element) -> AsyncStream<Element> {
    AsyncStream { continuation in
      continuation.yield(element)
      continuation.finish()
    }
  }
}
