import WeftHTTP2

/// What a binary log keeps of a call.
extension ServerCall {
  func record(head: HTTP2Head, in recorder: CallRecorder) {
    recorder.clientHeader(
      method: entry.method.path, authority: head.authority,
      timeout: head.fields["grpc-timeout"].flatMap(GRPCTimeout.parse), fields: head.fields,
      peer: peer.remoteAddress)
  }

  func recordedTrailers(_ error: RPCError?) -> HTTPFields {
    var fields = error?.metadata.fields ?? HTTPFields()
    for entry in reply.withLock({ $0.trailing }) { fields.add(entry.key, entry.value) }
    return fields
  }
}
