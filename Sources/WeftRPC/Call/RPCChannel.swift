import NIOCore

/// Makes calls, with messages as bytes. Generated clients stand on it.
public protocol RPCChannel: Sendable {
  /// Makes a call with one message each way.
  ///
  /// - Throws: ``RPCError``.
  nonisolated(nonsending) func unary(
    _ method: MethodPath, _ message: ByteBuffer, options: CallOptions
  ) async throws -> UnaryResponse

  /// Makes a call with one typed message each way. Where nothing better is known, it is made of bytes.
  ///
  /// - Throws: ``RPCError``.
  nonisolated(nonsending) func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>, _ request: Request, options: CallOptions
  ) async throws -> Response

  /// Makes a call of any kind. It ends with `body`: what is still running then is cancelled.
  ///
  /// - Throws: ``RPCError`` from the call's methods, and whatever `body` throws.
  func withCall<Result>(
    _ method: MethodPath, options: CallOptions, _ body: (ClientCall) async throws -> Result
  ) async throws -> Result
}

/// The reply to a unary call that ended with OK.
public struct UnaryResponse: Sendable {
  public var message: ByteBuffer
  /// How the message was packed on its way.
  public var encoding = MessageEncoding.identity
  public var metadata: Metadata
  public var trailers: Metadata
}
