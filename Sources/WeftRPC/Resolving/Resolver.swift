/// Finds the addresses behind a target and tells when they change.
public protocol Resolver: Sendable {
  /// Tells the addresses, and again whenever they change, until its task is cancelled.
  ///
  /// A resolver that can recover from a failure does so itself and goes on. The channel keeps its last list when
  /// there is a failure, and when the stream ends.
  func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution>
}

/// What a channel asks of a resolver.
public struct ResolverRequest: Sendable {
  public let target: ResolverTarget
  /// Has an element whenever an address could not be reached or a connection ended: the list may be out of date.
  /// Requests that nobody took yet are one.
  public let refreshes: AsyncStream<Void>

  public init(target: ResolverTarget, refreshes: AsyncStream<Void>) {
    self.target = target
    self.refreshes = refreshes
  }
}

/// What a resolver found.
public enum Resolution: Sendable, Hashable {
  /// The whole list, which replaces the one before.
  case endpoints([Endpoint])
  /// Why there is no list just now, for people. Told to calls while there never was one.
  case failed(String)
}
