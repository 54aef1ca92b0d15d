import WeftRPC

/// Where telemetry goes, and how much of it is kept while it cannot go there.
public struct OTLPConfiguration: Sendable {
  /// What the process is called: OpenTelemetry's `service.name`.
  public var service: String
  public var version: String
  /// Further attributes of the process, such as `deployment.environment.name`.
  public var attributes: [String: String] = [:]
  /// Sent with every request, such as `authorization` or a tenant's name.
  public var metadata = Metadata()
  /// Spans that wait at most; further ones are dropped and counted.
  public var maxQueuedSpans = 8_192
  /// Spans of one request.
  public var batchSize = 512
  /// How long a span waits for others before it is sent.
  public var spanInterval: Duration = .seconds(2)
  /// How often metrics are sent; nil never sends them.
  public var metricInterval: Duration? = .seconds(60)
  /// How long one request may take.
  public var timeout: Duration = .seconds(10)
  /// Requests in all for one batch, when the receiver says to try again.
  public var maxAttempts = 5

  public init(service: String, version: String = "") {
    self.service = service
    self.version = version
  }
}

/// The address of an OpenTelemetry collector as people write it.
public struct OTLPEndpoint: Sendable, Hashable {
  /// For a channel.
  public let target: String
  public let usesTLS: Bool

  /// - Parameter text: `host:port` or `http://host:port` in plain text, `https://host:port` over TLS. Without a port
  ///   it is 4317, OTLP's own.
  /// - Returns: nil when it is neither.
  public init?(_ text: String) {
    var rest = text[...]
    var usesTLS = false
    if let scheme = text.firstRange(of: "://") {
      switch text[..<scheme.lowerBound] {
      case "http": break
      case "https": usesTLS = true
      default: return nil
      }
      rest = text[scheme.upperBound...]
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.isEmpty, !rest.contains("/"), !rest.contains(" ") else { return nil }
    let hasPort: Bool
    if rest.hasPrefix("[") {
      guard let bracket = rest.lastIndex(of: "]") else { return nil }
      hasPort = rest[bracket...].contains(":")
    } else {
      hasPort = rest.contains(":")
    }
    let address = hasPort ? String(rest) : "\(rest):4317"
    guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
      (1...65_535).contains(port), colon != address.startIndex
    else { return nil }
    target = "dns:///" + address
    self.usesTLS = usesTLS
  }
}
