import NIOCore

extension Channel {
  /// Bytes that were flushed and that the kernel has not taken yet.
  var unsentBytes: Int { (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

  /// Closes once `writes` are done. SwiftNIO drops what is still buffered when a channel is closed.
  ///
  /// A peer that takes nothing at all for as long as `patience` is not waited for. On the loop only.
  func close(after writes: EventLoopFuture<Void>, patience: TimeAmount) {
    writes.whenComplete { _ in self.close(promise: nil) }
    closeIfStuck(at: unsentBytes, patience: patience)
  }

  private func closeIfStuck(at bytes: Int, patience: TimeAmount) {
    if bytes == 0 { return }
    eventLoop.scheduleTask(in: patience) {
      guard self.isActive else { return }
      let left = self.unsentBytes
      if left >= bytes { self.close(promise: nil) } else { self.closeIfStuck(at: left, patience: patience) }
    }
  }
}
