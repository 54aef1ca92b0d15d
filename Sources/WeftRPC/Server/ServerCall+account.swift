import WeftHTTP2

extension ServerCall: DescribedStreamHandler {
  var traceID: String? { scope.trace?.traceID.description }
}

/// What is counted, kept and told of a call when it is over.
extension ServerCall {
  /// - Parameter error: how it ended; nil with OK.
  @inline(__always)
  func account(_ error: RPCError?) {
    let nanoseconds = entry.metrics.ended(error?.code ?? .ok, since: startTime, traffic)
    connection.record.calls.ended(error == nil, traffic, since: startTime, nanoseconds)
    if error != nil || nanoseconds >= core.slowCall || scope.span != nil { remember(error, nanoseconds) }
  }

  @inline(never)
  private func remember(_ error: RPCError?, _ nanoseconds: UInt64) {
    let code = error?.code ?? .ok
    scope.span?.callEnded(code, error?.message ?? "", peer: peer.remoteAddress)
    // A stream lasts as long as its caller likes, and ends when the caller goes.
    let isStream = entry.method.kind != .unary
    let isSlow = nanoseconds >= core.slowCall && !isStream
    let isFailed = error != nil && !(isStream && code == .cancelled)
    guard isSlow || isFailed else { return }
    let entry = RecentCalls.Entry(
      method: entry.method.path, status: code, message: error?.message ?? "", nanoseconds: nanoseconds,
      peer: peer.name, requestID: givenRequestID, trace: scope.trace)
    if isSlow { core.recentCalls.add(slow: entry) }
    if isFailed { core.recentCalls.add(failed: entry) }
  }
}
