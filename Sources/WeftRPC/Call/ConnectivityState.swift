/// What a channel can do for a call now (gRPC's connectivity semantics).
public enum ConnectivityState: Sendable, Hashable {
  /// It has no connection and makes none until there is a call.
  case idle
  /// It makes a connection; calls wait for that.
  case connecting
  /// Calls can be made.
  case ready
  /// No address could be reached. Attempts go on, with pauses.
  case transientFailure
  /// It was shut down.
  case shutdown
}
