import NIOCore
import WeftHTTP2

/// What goes to the caller.
extension ServerCall {
  /// Sends a message of a stream, and waits while the caller takes no more.
  func write(_ framed: ByteBuffer) async throws {
    hasWritten.store(true, ordering: .relaxed)
    let bound = LoopBound(self, on: connection.loop.eventLoop)
    if try await bound.run({ try $0.send(framed) }) { return }
    try await waitUntilWritable()
  }

  /// Whether a message may be sent from where the caller is: on the loop, and as it is.
  var mayWriteNow: Bool { isOnLoop && !mayPack }

  /// Sends a message of a stream from bytes that end with this call. Only when ``mayWriteNow``.
  ///
  /// - Returns: whether the writer may go on at once; nil when the call has ended.
  func writeNow(_ message: UnsafeRawBufferPointer) -> Bool? {
    hasWritten.store(true, ordering: .relaxed)
    if isEnded { return nil }
    sendHead()
    queue(message)
    return stream.isWritable
  }

  private func queue(_ message: UnsafeRawBufferPointer) {
    traffic.sent(framed: message.count + ByteBuffer.messagePrefixBytes)
    recorder?.message(.serverMessage, message)
    stream.send(message.count + ByteBuffer.messagePrefixBytes) { $0.writeGRPCMessage(message) }
  }

  /// - Throws: why the call ended, or `CancellationError`.
  func waitUntilWritable() async throws {
    try await LoopBound(self, on: connection.loop.eventLoop).waitUntilWritable()
  }

  /// - Returns: whether the writer may go on at once.
  private func send(_ framed: ByteBuffer) throws -> Bool {
    if isEnded { throw closeError ?? RPCError(.cancelled, "the call has ended") }
    sendHead()
    traffic.sent(framed: framed.readableBytes)
    recorder?.message(.serverMessage, framed: framed, reply.withLock { $0.encoding })
    stream.send(data: framed)
    return stream.isWritable
  }

  /// Sends the head before there is a message.
  func sendHeadEarly() {
    hasWritten.store(true, ordering: .relaxed)
    onLoop { call in
      if !call.isEnded { call.sendHead() }
    }
  }

  private func sendHead() {
    if headSent { return }
    headSent = true
    if let recorder { recorder.serverHeader(reply.withLock { $0.initial }.fields) }
    guard hasReplyMetadata.load(ordering: .acquiring) else {
      return stream.send(head: GRPCFields.plainReplyHead)
    }
    var fields = GRPCFields.replyHead
    addEncodings(to: &fields)
    for entry in reply.withLock({ $0.initial }) { fields.add(entry.key, entry.value) }
    stream.send(head: 200, fields: fields)
  }

  /// The reply of a unary call, whole, from bytes that end with this call. On the loop only.
  func finish(message: UnsafeRawBufferPointer) {
    if isEnded { return }
    sendHead()
    queue(message)
    end(nil)
  }

  /// The reply of a unary call, whole.
  func finish(_ framed: ByteBuffer) {
    if isEnded { return }
    sendHead()
    traffic.sent(framed: framed.readableBytes)
    recorder?.message(.serverMessage, framed: framed, reply.withLock { $0.encoding })
    stream.send(data: framed)
    end(nil)
  }

  /// Ends the call with OK or an error.
  func end(_ error: RPCError?) {
    if isEnded { return }
    isEnded = true
    closeError = error
    account(error)
    if place == .waiting { givePlaceBackUnused() }
    if let recorder { recorder.trailer(error, recordedTrailers(error)) }
    if error == nil, headSent, !hasReplyMetadata.load(ordering: .acquiring) {
      timer?.cancel()
      stream.finish(trailers: GRPCFields.plainOKTrailers)
    } else {
      endWithMetadata(error)
    }
    // The caller may still be sending what nobody will read.
    if !stream.receivedEnd { stream.reset(afterOutput: HTTP2ErrorCode.noError) }
  }

  private func endWithMetadata(_ error: RPCError?) {
    var trailers = error?.trailers ?? GRPCFields.okTrailers
    if hasReplyMetadata.load(ordering: .acquiring) {
      for entry in reply.withLock({ $0.trailing }) { trailers.add(entry.key, entry.value) }
    }
    if headSent {
      stream.finish(trailers: trailers)
    } else {
      headSent = true
      for field in GRPCFields.replyHead { trailers.add(field.name, field.value) }
      stream.send(head: 200, fields: trailers, endStream: true)
    }
    if let error { stop(error) } else { timer?.cancel() }
  }

  /// Ends a call whose handler has not begun, with as little work as can be.
  func refuse(_ refusal: Refusal) {
    if isEnded { return }
    entry.limits?.refusals.add()
    if recorder != nil || scope.span != nil { return end(refusal.error) }
    isEnded = true
    headSent = true
    closeError = refusal.error
    let nanoseconds = entry.metrics.ended(refusal.error.code, since: startTime, traffic)
    connection.record.calls.ended(false, traffic, since: startTime, nanoseconds)
    givePlaceBackUnused()
    timer?.cancel()
    timer = nil
    stream.send(head: 200, fields: refusal.fields, endStream: true)
  }

  func stop(_ error: RPCError) {
    timer?.cancel()
    timer = nil
    requests?.fail(error)
    resumeWriter(throwing: error)
    cancelHandler()
  }
}

extension ServerCall: PausableWriter {
  var writability: Result<Void, any Error>? {
    if isEnded { return .failure(closeError ?? RPCError(.cancelled, "the call has ended")) }
    return stream.isWritable ? .success(()) : nil
  }

  var secondWriterError: any Error {
    RPCError(.internalError, "one task writes to a reply at a time")
  }
}
