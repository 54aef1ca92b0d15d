/// Stands around every call of a server, or of some methods (``only(for:)``), the first one outermost.
public protocol ServerInterceptor: Sendable {
  /// Call `next` to let the call go on; it throws what the handler threw. Throw an `RPCError` without
  /// calling it to refuse the call.
  func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws
}
