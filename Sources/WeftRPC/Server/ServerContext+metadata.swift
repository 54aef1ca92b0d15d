/// What a handler adds to the reply beside its messages.
extension ServerContext {
  /// Adds to the metadata in front of the reply. Without effect once that was sent, at the latest with the
  /// first message.
  public func addInitialMetadata(_ value: String, for key: String) {
    change { $0.initial.add(value, for: key) }
  }

  /// Adds bytes to the metadata in front of the reply. The key must end in `-bin`.
  public func addInitialMetadata(_ bytes: [UInt8], for key: String) {
    change { $0.initial.addBinary(bytes, for: key) }
  }

  /// Adds to the metadata behind the reply.
  public func addTrailer(_ value: String, for key: String) {
    change { $0.trailing.add(value, for: key) }
  }

  /// Adds bytes to the metadata behind the reply. The key must end in `-bin`.
  public func addTrailer(_ bytes: [UInt8], for key: String) {
    change { $0.trailing.addBinary(bytes, for: key) }
  }

  /// Sends the metadata in front of the reply now, for callers that wait for it before anything else. Otherwise it
  /// goes with the first message. Settles how the reply is packed, too.
  public func sendInitialMetadata() {
    call.sendHeadEarly()
  }

  private func change(_ body: (inout ServerCall.Reply) -> Void) {
    call.reply.withLock { body(&$0) }
    call.hasReplyMetadata.store(true, ordering: .releasing)
  }
}
