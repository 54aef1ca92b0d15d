import NIOCore

/// Where a call stands with the limits on calls that run at a time.
enum CallPlace {
  /// There is no limit, or its place was given back.
  case none
  /// Its handler has not begun. It has a place within limits that are fixed, and in as many of the others as it has
  /// passed.
  case waiting
  /// Its handler has begun. It works until it returns, also for callers who have gone.
  case running
}

/// The place of a call within limits. On the loop only.
extension ServerCall {
  /// Runs the handler, once there is a place within limits that follow the load.
  func seekPlace() {
    guard let limits = entry.limits else { return run() }
    while passedShedders < limits.shedders.count {
      switch limits.shedders[passedShedders].enter(self) {
      case .admitted: passedShedders += 1
      case .waits(let ticket):
        self.ticket = ticket
        return
      case .refused(let refusal): return refuse(refusal)
      }
    }
    place = .running
    // Neither how long its caller took to send a message counts, nor how long it waited here.
    placeTaken = .now()
    run()
  }

  /// The call ends before its handler has begun.
  func givePlaceBackUnused() {
    guard place == .waiting, let limits = entry.limits else { return }
    place = .none
    ticket?.leave()
    ticket = nil
    limits.release()
    for shedder in limits.shedders.prefix(passedShedders) { shedder.release(on: eventLoop) }
  }

  /// The handler has returned, or will not be called any more.
  @inline(__always)
  func givePlaceBack() {
    if place != .none { placeEnds() }
  }

  private func placeEnds() {
    guard let limits = entry.limits else { return }
    place = .none
    limits.release()
    if limits.shedders.isEmpty { return }
    let code = closeError?.code ?? .ok
    let isTimeout = code == .deadlineExceeded
    let now = NIODeadline.now()
    // A call that failed, or whose caller has gone, may have taken any time.
    let duration = isTimeout || isEnded && code.tellsOfTheData ? now - placeTaken : nil
    for shedder in limits.shedders {
      shedder.release(duration, isTimeout: isTimeout, on: eventLoop, now: now)
    }
  }
}

extension StatusCode {
  /// Whether it is the answer of a handler that did its work: what was asked for, or that there is no such thing.
  fileprivate var tellsOfTheData: Bool {
    switch self {
    case .ok, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange: true
    default: false
    }
  }
}

extension ServerCall: AdmissionCandidate {
  var eventLoop: any EventLoop { connection.loop.eventLoop }

  func admitted(by shedder: LoadShedder) {
    onLoop { call in
      call.ticket = nil
      if call.isEnded { return shedder.release(on: call.eventLoop) }
      call.passedShedders += 1
      call.seekPlace()
    }
  }

  func refused(_ refusal: Refusal) {
    onLoop { $0.refuse(refusal) }
  }
}
