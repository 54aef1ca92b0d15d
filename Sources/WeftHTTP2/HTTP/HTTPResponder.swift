/// Answers HTTP requests, whichever version of HTTP they came in.
public protocol HTTPResponder: Sendable {
  /// Answers one request.
  ///
  /// Runs in a task of its own on the connection's event loop; do work that blocks elsewhere. The task
  /// is cancelled when the peer resets the stream or goes away. An error thrown before a head was
  /// written becomes a plain 500 answer, one thrown later resets the stream.
  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws
}
