import WeftHTTP2

extension CallRecorder {
  /// An attempt of a client is over.
  func ended(_ failure: CallFailure?, _ trailers: HTTPFields) {
    if let failure, failure.error.code == .cancelled, !failure.isFromServer {
      cancel()
    } else {
      trailer(failure?.error, trailers)
    }
  }
}

/// What makes an attempt fail.
extension CallFailure {
  static let tooManyFields = RPCError(.resourceExhausted, "the server's metadata is larger than the limit")

  static func deadlinePassed(at connection: HTTP2ClientConnection, hasAnswered: Bool) -> RPCError {
    let state = hasAnswered ? "was still answering" : "had not answered"
    return RPCError(.deadlineExceeded, "the deadline passed while \(connection.address) \(state)")
  }

  /// The connection has ended or begun to since it was picked.
  init(notBegunOn connection: HTTP2ClientConnection) {
    let why = connection.endReason.map { ": " + $0 } ?? ""
    self.init(
      error: RPCError(.unavailable, "the connection to \(connection.address) takes no more calls\(why)"),
      isUnprocessed: true, hasReply: false, isFromServer: false)
  }

  /// The head is no reply of a gRPC service; nil when it is.
  init?(noGRPC head: HTTP2Head, from address: String) {
    if head.status == 200, GRPCFields.isGRPC(head.fields["content-type"] ?? "") { return nil }
    let what = head.fields["content-type"].map { ", content type \"\($0.prefix(64))\"" } ?? ""
    let code = head.status == 200 ? StatusCode.unknown : StatusCode(httpStatus: head.status)
    let error = RPCError(code, "\(address) answered HTTP status \(head.status)\(what), not gRPC")
    // A proxy that has no backend, mostly: no reply of the service, so another attempt may follow.
    self.init(error: error, isUnprocessed: false, hasReply: false, isFromServer: true)
  }

  /// The server said so.
  init(status error: RPCError, hasReply: Bool, trailers: HTTPFields) {
    self.init(
      error: error, isUnprocessed: false, hasReply: hasReply, isFromServer: true,
      pushback: RetryPushback(trailers: trailers))
  }

  /// The stream was closed before there was a status.
  init(closed stream: HTTP2Stream, _ errorCode: UInt32, on connection: HTTP2ClientConnection, hasReply: Bool)
  {
    self.init(
      error: Self.error(of: stream, errorCode, on: connection),
      isUnprocessed: errorCode == HTTP2ErrorCode.refusedStream, hasReply: hasReply, isFromServer: false)
  }

  private static func error(
    of stream: HTTP2Stream, _ errorCode: UInt32, on connection: HTTP2ClientConnection
  ) -> RPCError {
    let address = connection.address
    let name = HTTP2ErrorCode.name(errorCode)
    if stream.headTooLargeToSend {
      return RPCError(.resourceExhausted, "the call's metadata is too large to be sent to \(address)")
    }
    if stream.wasResetByPeer {
      if errorCode == HTTP2ErrorCode.refusedStream {
        return RPCError(.unavailable, "\(address) did not take the call (HTTP/2 \(name))")
      }
      return RPCError(StatusCode(http2Error: errorCode), "\(address) reset the call with HTTP/2 \(name)")
    }
    let reason = connection.endReason ?? "the server closed it"
    switch errorCode {
    case HTTP2ErrorCode.connectError:
      return RPCError(.unavailable, "the connection to \(address) ended during the call: \(reason)")
    case HTTP2ErrorCode.refusedStream:
      return RPCError(.unavailable, "the connection to \(address) ended before it took the call: \(reason)")
    default:
      // Nobody but this side has reset it.
      let what = stream.fault.map { "\(name): \($0)" } ?? name
      return RPCError(
        StatusCode(http2Error: errorCode),
        "\(address) broke HTTP/2 in its answer (\(what)), so the client reset the call")
    }
  }
}
