/// Why a service config was refused, and where.
public struct ServiceConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value at fault, such as `methodConfig[0].retryPolicy.maxAttempts`; empty for the whole text.
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    path.isEmpty ? "service config: \(reason)" : "service config: \(path): \(reason)"
  }
}
