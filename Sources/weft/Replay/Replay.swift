import NIOCore
import Synchronization
import WeftRPC

/// Makes recorded calls again, against any server, at the pace at which they came or at another.
struct Replay: Sendable {
  /// What became of one call.
  struct Outcome: Sendable {
    enum Verdict: Sendable {
      /// Status and replies as recorded.
      case same
      case otherStatus
      case otherReplies
      /// There is nothing to compare with.
      case notCompared(reason: String)
    }

    let method: String
    let recordedStatus: StatusCode?
    let status: StatusCode
    let verdict: Verdict
    let recorded: Duration
    let took: Duration
    /// How much later the call began than its pace asked for.
    let late: Duration
  }

  let channel: any RPCChannel
  /// Times as fast as recorded; nil as fast as they can be.
  let speed: Double?
  /// Calls at one time.
  let concurrency: Int
  /// For calls that were recorded without a deadline.
  let timeout: Duration
  /// Added to every call's metadata: credentials are not in a log.
  let metadata: Metadata

  func run(_ calls: [RecordedCall]) async -> [Outcome] {
    guard let first = calls.first else { return [] }
    let begin = ContinuousClock.now
    return await withTaskGroup(of: Outcome.self) { group in
      var outcomes: [Outcome] = []
      var running = 0
      for call in calls {
        if Task.isCancelled { break }
        let due = begin + scaled(.nanoseconds(Int64(clamping: call.start - first.start)))
        if speed != nil { try? await Task.sleep(until: due) }
        if running >= max(concurrency, 1), let outcome = await group.next() {
          outcomes.append(outcome)
          running -= 1
        }
        let late = speed == nil ? .zero : max(.now - due, .zero)
        group.addTask { await make(call, late: late) }
        running += 1
      }
      for await outcome in group { outcomes.append(outcome) }
      return outcomes
    }
  }

  private func scaled(_ duration: Duration) -> Duration {
    guard let speed else { return .zero }
    return duration / speed
  }

  private func make(_ call: RecordedCall, late: Duration) async -> Outcome {
    let start = ContinuousClock.now
    let replies = Mutex<[[UInt8]]>([])
    let status = await attempt(call, start: start) { reply in replies.withLock { $0.append(reply) } }
    return Outcome(
      method: call.method, recordedStatus: call.status, status: status,
      verdict: verdict(call, status, replies.withLock { $0 }), recorded: call.duration, took: .now - start,
      late: late)
  }

  private func verdict(_ call: RecordedCall, _ status: StatusCode, _ replies: [[UInt8]]) -> Outcome.Verdict {
    if call.cancelled != nil { return .notCompared(reason: "its caller broke it off") }
    guard let recorded = call.status else { return .notCompared(reason: "the log does not have the end") }
    if recorded != status { return .otherStatus }
    return call.repliesTruncated || replies == call.replies ? .same : .otherReplies
  }

  private func attempt(
    _ call: RecordedCall, start: ContinuousClock.Instant, reply: @escaping @Sendable ([UInt8]) -> Void
  ) async -> StatusCode {
    var options = CallOptions(timeout: call.timeout ?? timeout, metadata: call.metadata)
    options.metadata.merge(metadata)
    options.maxResponseBytes = 64 << 20
    // Of any kind: on the wire they are the same.
    let method = MethodPath(path: call.method, kind: .bidirectional)
    do {
      try await channel.withCall(method, options: options) { live in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await send(call, on: live, start: start) }
          if let cancelled = call.cancelled {
            group.addTask {
              try await Task.sleep(until: start + scaled(cancelled))
              live.cancel()
            }
          }
          while let message = try await live.nextMessage() { reply(Array(buffer: message)) }
          group.cancelAll()
        }
      }
      return .ok
    } catch let error as RPCError {
      return error.code
    } catch {
      return .unknown
    }
  }

  private func send(_ call: RecordedCall, on live: ClientCall, start: ContinuousClock.Instant) async throws {
    do {
      for request in call.requests {
        if speed != nil { try await Task.sleep(until: start + scaled(request.offset)) }
        try await live.send(ByteBuffer(bytes: request.bytes))
      }
      if call.halfClose != nil || call.cancelled == nil { try await live.finishSending() }
    } catch is CallEndedEarly {
      // Its end is what the reader sees.
    }
  }
}

extension Array where Element == UInt8 {
  fileprivate init(buffer: ByteBuffer) { self = buffer.withUnsafeReadableBytes { Array($0) } }
}
