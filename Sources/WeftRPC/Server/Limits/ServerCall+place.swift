import NIOCore

/// Where a call stands with the limits on calls that run at a time.
enum CallPlace {
  /// It has none, or has given it back.
  case none
  /// It has one; its handler has not begun.
  case waiting
  /// Its handler has begun. It works until it returns, also for callers who have gone.
  case running
}

/// The place of a call within limits. On the loop only.
extension ServerCall {
  func takesPlace() {
    place = .waiting
    placeTaken = .now()
  }

  func placeBegins() {
    place = .running
    // Callers may take their time to send a message, which says nothing of the server.
    placeTaken = .now()
  }

  /// The call ends before its handler has begun.
  func givePlaceBackUnused() {
    guard place == .waiting, let limits = entry.limits else { return }
    place = .none
    limits.server?.release()
    limits.method?.release()
  }

  /// The handler has returned, or will not be called any more.
  @inline(__always)
  func givePlaceBack() {
    if place != .none { placeEnds() }
  }

  private func placeEnds() {
    guard let limits = entry.limits else { return }
    place = .none
    let code = closeError?.code ?? .ok
    let isTimeout = code == .deadlineExceeded
    if isTimeout || isEnded && code == .ok {
      let now = NIODeadline.now()
      limits.server?.release(now - placeTaken, isTimeout: isTimeout, now: now)
      limits.method?.release(now - placeTaken, isTimeout: isTimeout, now: now)
    } else {
      // A call that failed, or whose caller has gone, may have taken any time.
      limits.server?.release()
      limits.method?.release()
    }
  }
}
