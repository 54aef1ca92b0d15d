import WeftHTTP2

/// Opens the window of an attempt's stream as its messages are read. On the connection's loop only.
///
/// An object of its own: the queue of messages tells it what was read, and must not hold the attempt, which holds the
/// queue.
final class StreamWindow: @unchecked Sendable {
  // Sound as `Sendable`: everything is touched on the loop only.

  /// Nil before the stream is open and after it has closed.
  var stream: HTTP2Stream?
  private var window = ReadWindow()
  private let size: Int

  init(size: Int) {
    self.size = size
  }

  /// A message waits for its reader.
  func queued(_ count: Int) {
    window.queued(count)
  }

  /// So many bytes came.
  func received(_ count: Int) {
    stream?.consume(window.received(count, highWater: size))
  }

  /// A message was read.
  func taken(_ count: Int) {
    stream?.consume(window.taken(count, highWater: size))
  }
}
