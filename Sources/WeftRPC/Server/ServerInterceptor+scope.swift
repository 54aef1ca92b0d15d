/// An interceptor for some of a server's methods. Calls of the others do not meet it, and cost nothing more for it.
public struct ScopedInterceptor: ServerInterceptor {
  let interceptor: any ServerInterceptor
  let patterns: MethodPatterns

  /// Whether it stands around the calls of a method.
  ///
  /// - Parameter path: `/package.Service/Method`.
  public func covers(_ path: String) -> Bool { patterns.cover(path) }

  public func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
    // A server asks `covers` once for each method. Who wraps this one in another has not.
    guard covers(context.method) else { return try await next() }
    try await interceptor.intercept(context, next)
  }
}

extension ServerInterceptor {
  /// The same interceptor, for some methods alone. It keeps its place in the order of interceptors.
  ///
  /// - Parameter patterns: a method as `/package.Service/Method`, or all of a service as `/package.Service/*`. One that
  ///   fits no method of the server is named in the log.
  public func only(for patterns: String...) -> ScopedInterceptor {
    ScopedInterceptor(interceptor: self, patterns: MethodPatterns(all: patterns))
  }
}

extension [any ServerInterceptor] {
  /// Those that stand around the calls of a method, outermost first.
  func covering(_ path: String) -> [any ServerInterceptor] {
    compactMap { interceptor in
      guard let scoped = interceptor as? ScopedInterceptor else { return interceptor }
      return scoped.covers(path) ? scoped.interceptor : nil
    }
  }

  /// Patterns that fit none of the methods: most likely misspelt.
  func idlePatterns(among paths: some Collection<String>) -> [String] {
    compactMap { $0 as? ScopedInterceptor }.flatMap(\.patterns.all).filter { pattern in
      !paths.contains { MethodPatterns.matches(pattern, $0) }
    }
  }
}
