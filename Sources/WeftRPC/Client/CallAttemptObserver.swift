/// Learns what becomes of an attempt. Called on its connection's loop.
protocol CallAttemptObserver: AnyObject, Sendable {
  /// The server has begun to answer: from now on this attempt is the call.
  func attemptHasReply(_ attempt: CallAttempt)
  /// The stream takes more bytes, after it took none for a while.
  func attemptIsWritable(_ attempt: CallAttempt)
  /// - Parameter failure: nil when the status was OK.
  func attemptEnded(_ attempt: CallAttempt, _ failure: CallFailure?)
}
