/// Stands around every call that a channel makes, or those of some methods (``only(for:)``), the first one outermost.
/// Retries happen inside.
public protocol ClientInterceptor: Sendable {
  /// Call `next` with the options that the call is to have; it throws what the call threw.
  func intercept<Result>(
    _ method: MethodPath, options: CallOptions, _ next: (CallOptions) async throws -> Result
  ) async throws -> Result
}

/// An interceptor for some of the methods that a channel calls. Calls of the others do not meet it, and cost nothing
/// more for it.
public struct ScopedClientInterceptor: ClientInterceptor {
  let interceptor: any ClientInterceptor
  let patterns: MethodPatterns

  /// Whether it stands around the calls of a method.
  ///
  /// - Parameter path: `/package.Service/Method`.
  public func covers(_ path: String) -> Bool { patterns.cover(path) }

  public func intercept<Result>(
    _ method: MethodPath, options: CallOptions, _ next: (CallOptions) async throws -> Result
  ) async throws -> Result {
    // A channel asks `covers` once for each method. Who wraps this one in another has not.
    guard covers(method.path) else { return try await next(options) }
    return try await interceptor.intercept(method, options: options, next)
  }
}

extension ClientInterceptor {
  /// The same interceptor, for some methods alone. It keeps its place in the order of interceptors.
  ///
  /// - Parameter patterns: a method as `/package.Service/Method`, or all of a service as `/package.Service/*`.
  public func only(for patterns: String...) -> ScopedClientInterceptor {
    ScopedClientInterceptor(interceptor: self, patterns: MethodPatterns(all: patterns))
  }
}

extension [any ClientInterceptor] {
  /// Those that stand around the calls of a method, outermost first.
  func covering(_ path: String) -> [any ClientInterceptor] {
    compactMap { interceptor in
      guard let scoped = interceptor as? ScopedClientInterceptor else { return interceptor }
      return scoped.covers(path) ? scoped.interceptor : nil
    }
  }
}
