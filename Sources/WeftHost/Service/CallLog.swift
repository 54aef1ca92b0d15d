import Logging
import WeftRPC

/// Logs every call at debug level. Not installed at other levels: a call that nobody reads of should cost nothing.
struct CallLog: ServerInterceptor {
  let logger: Logger

  func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
    let start = ContinuousClock.now
    var status = StatusCode.ok.name
    defer {
      logger.debug(
        "call",
        metadata: [
          "method": "\(context.method)", "status": "\(status)", "duration": "\(ContinuousClock.now - start)",
          "request_id": "\(context.requestID)",
          "peer": "\(context.peer.identities.first ?? context.peer.remoteAddress)",
        ])
    }
    do {
      try await next()
    } catch {
      status = (error as? RPCError)?.code.name ?? StatusCode.unknown.name
      throw error
    }
  }
}
