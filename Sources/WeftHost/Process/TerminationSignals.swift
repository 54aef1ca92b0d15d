@preconcurrency import Dispatch
import Glibc

/// The requests to stop that reach this process: SIGTERM from a supervisor, SIGINT from Ctrl-C.
public final class TerminationSignals: Sendable {
  /// The signals as they come. The first asks for a clean stop; a person who sends a second means "now".
  public let requests: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]

  /// From here on the process no longer dies of these signals by itself.
  public init() {
    let (requests, continuation) = AsyncStream.makeStream(
      of: Int32.self, bufferingPolicy: .bufferingOldest(8))
    self.requests = requests
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
    // A peer that closes its connection is an error of one write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for the first request.
  public func first() async {
    for await _ in requests { return }
  }

  deinit {
    for source in sources { source.cancel() }
  }
}
