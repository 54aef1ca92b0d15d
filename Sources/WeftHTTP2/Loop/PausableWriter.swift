/// One end of an exchange, whose writer waits while the peer takes no more. Used on its loop only.
package protocol PausableWriter: AnyObject, SendableMetatype {
  /// The writer that waits.
  var writeWaiter: CheckedContinuation<Void, any Error>? { get set }
  /// How a wait ends at once; nil when there is something to wait for.
  var writability: Result<Void, any Error>? { get }
  /// What a second writer is told.
  var secondWriterError: any Error { get }
}

extension PausableWriter {
  package func resumeWriter() {
    writeWaiter?.resume()
    writeWaiter = nil
  }

  package func resumeWriter(throwing error: any Error) {
    writeWaiter?.resume(throwing: error)
    writeWaiter = nil
  }

  fileprivate func hold(_ continuation: CheckedContinuation<Void, any Error>, _ flag: CancellationFlag) {
    if let writability { return continuation.resume(with: writability) }
    if flag.isSet { return continuation.resume(throwing: CancellationError()) }
    if writeWaiter != nil { return continuation.resume(throwing: secondWriterError) }
    writeWaiter = continuation
  }
}

extension LoopBound where Value: PausableWriter {
  /// Waits until more may be written.
  ///
  /// - Throws: why nothing more can be, or `CancellationError`.
  package func waitUntilWritable() async throws {
    let flag = CancellationFlag()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        execute { $0.hold(continuation, flag) }
      }
    } onCancel: {
      flag.set()
      execute { $0.resumeWriter(throwing: CancellationError()) }
    }
  }
}
