/// A call that failed, with what decides whether it may be tried again.
struct CallFailure: Error {
  var error: RPCError
  /// The server certainly did not begin to serve the call: gRPC's transparent retry is always safe.
  var isUnprocessed: Bool
  /// Part of a reply has come, after which nothing may be tried again.
  var hasReply: Bool
  /// The status was sent by the server, not made here because the call could not be carried.
  var isFromServer: Bool
  /// What the server said about trying again.
  var pushback: RetryPushback?
  /// A policy kept the call from being made at all: another attempt would be as pointless.
  var isRefusal = false

  /// The error for the caller. What a server said stays as it is; what was made here also tells how often the
  /// call was tried.
  func told(afterAttempts attempts: Int) -> RPCError {
    guard !isFromServer, attempts > 1 else { return error }
    var error = error
    error.message += " (attempt \(attempts))"
    return error
  }
}

/// The server ended the call while messages were still being sent. How it ended is what
/// ``ClientCall/nextMessage()`` tells.
public struct CallEndedEarly: Error, Sendable, CustomStringConvertible {
  public var description: String { "the server ended the call before it took every message" }
}
