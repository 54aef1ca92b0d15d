/// A call that did not end with OK.
public struct RPCError: Error, Sendable {
  public var code: StatusCode
  /// For people. Sent as `grpc-message`.
  public var message: String
  /// A serialized `google.rpc.Status`, sent as `grpc-status-details-bin`.
  public var details: [UInt8]?
  /// Trailers beside the status.
  public var metadata: Metadata

  public init(
    _ code: StatusCode, _ message: String, details: [UInt8]? = nil, metadata: Metadata = Metadata()
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.metadata = metadata
  }
}

extension RPCError: CustomStringConvertible {
  public var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }
}

/// An error that knows its status, so that handlers can throw it as it is.
public protocol RPCErrorConvertible: Error {
  var rpcError: RPCError { get }
}

extension RPCError {
  /// The status that a handler's error is answered with. Errors that were not made for callers are
  /// told as UNKNOWN without their text, which may hold what no caller should see.
  init(handlerError error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case let error as any RPCErrorConvertible: self = error.rpcError
    case is CancellationError: self.init(.cancelled, "the call was cancelled")
    default: self.init(.unknown, "the handler failed")
    }
  }
}
