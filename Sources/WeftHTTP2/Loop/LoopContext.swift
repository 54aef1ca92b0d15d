import NIOCore
import Synchronization

/// Runs Swift tasks on a SwiftNIO event loop and gathers the writes of one turn.
///
/// A task whose executor preference is a loop context runs on the thread that also reads and writes
/// its connection, so a handler is started and answered without a hop to another thread. Jobs that
/// arrive while bytes are being parsed wait in a plain array until the parser has returned, which
/// keeps user code out of nghttp2's callbacks; the connections that they wrote to are flushed once,
/// after the last job, so that many replies leave in one system call.
///
/// Everything except ``enqueue(_:)`` and ``of(_:)`` must be called on the event loop.
public final class LoopContext: TaskExecutor, @unchecked Sendable {
  // Sound as `Sendable`: all mutable state below is touched on `eventLoop` only; `enqueue` hops there.

  public let eventLoop: any EventLoop

  // Unchecked: on one thread, and never held while a job or a flush runs.
  @exclusivity(unchecked) private var jobs: [UnownedJob] = []
  @exclusivity(unchecked) private var pendingFlushes: [any LoopFlushable] = []
  let scratch = SessionScratch()
  @exclusivity(unchecked) private var workers = LoopWorkers()
  /// Jobs and pieces of work that may still run in this turn.
  private var budget = 0
  private var isDraining = false
  private var isDrainScheduled = false
  private var openCycles = 0
  private let inbox = LoopInbox()
  /// Callers elsewhere that go on when what is read has been parsed.
  @exclusivity(unchecked) private var resuming: [UnsafeContinuation<Void, Never>] = []
  private var isInboxWatched = false
  /// Callers elsewhere that wait for what happens here.
  private var waiting = 0
  /// What others may see of it.
  let pulse = LoopPulse()

  /// Jobs run in one go before other connections of the loop get their turn.
  private static let jobsPerTurn = 4096
  /// Rounds of run-then-flush in one go: a writer that its flush makes writable again must not
  /// keep the loop from reading.
  private static let roundsPerTurn = 8
  /// Long enough for the loop to look at its sockets between two turns.
  static let lookingTime = TimeAmount.microseconds(20)

  private init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  private static let contexts = Mutex<[ObjectIdentifier: LoopContext]>([:])

  /// The one context of an event loop. It keeps the loop object alive for the life of the process,
  /// so that its identity cannot be taken over by another loop.
  public static func of(_ eventLoop: any EventLoop) -> LoopContext {
    contexts.withLock { contexts in
      let id = ObjectIdentifier(eventLoop)
      if let context = contexts[id] { return context }
      let context = LoopContext(eventLoop: eventLoop)
      contexts[id] = context
      return context
    }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if eventLoop.inEventLoop {
      jobs.append(job)
      scheduleDrainIfIdle()
    } else {
      eventLoop.execute {
        self.jobs.append(job)
        self.drain()
      }
    }
  }

  /// Runs `work` in one of the loop's tasks, after what is being read has been parsed.
  package func start(_ work: any LoopWork) {
    workers.add(work)
    scheduleDrainIfIdle()
  }

  // MARK: Callers on other threads

  /// Has `visitor` called on the loop, from elsewhere. All that come before the loop looks are taken in one go, and
  /// what they send leaves in one write.
  package func post(_ visitor: any LoopVisitor, at now: NIODeadline) {
    if inbox.post(visitor, at: now) { wake() }
  }

  /// Resumes a caller elsewhere whose visit this was, and who tells by ``returned()`` when it runs. While bytes are
  /// being read that is put off until all are parsed, where many wait: tasks of Swift's pool that go on one by one
  /// wake a thread each.
  package func resume(_ caller: UnsafeContinuation<Void, Never>) {
    resuming.append(caller)
    waiting -= 1
    if openCycles == 0 || waiting < LoopInbox.many { resumeAll() }
  }

  /// A caller that was resumed runs. Called where it runs.
  package func returned() {
    if inbox.returned() { wake() }
  }

  private func wake() {
    eventLoop.execute {
      self.beginCycle()
      self.endCycle()
    }
  }

  private func resumeAll() {
    if resuming.isEmpty { return }
    expect(resuming.count)
    for caller in resuming { caller.resume() }
    resuming.removeAll(keepingCapacity: true)
  }

  /// So many callers are about to be resumed. Visitors may wait for them, but not for ever when they get no thread.
  func expect(_ count: Int) {
    if let end = inbox.resumes(count), !isInboxWatched { watchInbox(until: end) }
  }

  private func watchInbox(until end: NIODeadline) {
    isInboxWatched = true
    eventLoop.assumeIsolated().scheduleTask(deadline: end) {
      self.isInboxWatched = false
      if let later = self.inbox.waitsUntil, later > .now() { return self.watchInbox(until: later) }
      self.beginCycle()
      self.endCycle()
    }
  }

  private func takeVisitors() {
    let visitors = inbox.take()
    waiting += visitors.count
    for visitor in visitors { visitor.visit() }
  }

  /// The next piece of work of this turn.
  func takeWork() -> (any LoopWork)? {
    if budget <= 0 { return nil }
    budget -= 1
    pulse.takesWork()
    return workers.take()
  }

  var hasWorkersEnough: Bool { workers.isFull }

  func park(_ worker: LoopWorker, _ continuation: UnsafeContinuation<Void, Never>) {
    workers.park(worker, continuation)
  }

  /// Marks the start of a batch of reads; jobs wait until ``endCycle()``.
  func beginCycle() {
    openCycles += 1
  }

  /// Runs what the batch made ready and flushes what that wrote.
  func endCycle() {
    if openCycles == 1 {
      resumeAll()
      takeVisitors()
      resumeAll()
    }
    openCycles -= 1
    if openCycles == 0 { drain() }
  }

  /// Asks for one flush of `connection` after the jobs that are ready now.
  func flushLater(_ connection: any LoopFlushable) {
    pendingFlushes.append(connection)
    scheduleDrainIfIdle()
  }

  private func scheduleDrainIfIdle() {
    if isDraining || isDrainScheduled || openCycles > 0 { return }
    isDrainScheduled = true
    eventLoop.execute {
      self.isDrainScheduled = false
      self.drain()
    }
  }

  private func drain() {
    if isDraining { return }
    isDraining = true
    pulse.turnBegins()
    budget = Self.jobsPerTurn
    var roundsLeft = Self.roundsPerTurn
    while roundsLeft > 0, budget > 0, hasMore {
      roundsLeft -= 1
      repeat {
        runJobs()
        // A worker that is back took all there was; one whose work suspended leaves the rest to others.
        if workers.hasWork { workers.wake(on: self) }
      } while !jobs.isEmpty && budget > 0
      if !pendingFlushes.isEmpty {
        let flushes = pendingFlushes
        pendingFlushes.removeAll(keepingCapacity: true)
        for connection in flushes { connection.flushNow() }
      }
    }
    isDraining = false
    pulse.turnEnds()
    if hasMore { drainAfterReads() }
  }

  /// Goes on once the loop has looked at its sockets. SwiftNIO first runs all that is due, so this must not be due yet.
  private func drainAfterReads() {
    if isDrainScheduled || openCycles > 0 { return }
    isDrainScheduled = true
    eventLoop.scheduleTask(in: Self.lookingTime) {
      self.isDrainScheduled = false
      self.drain()
    }
  }

  private var hasMore: Bool { !jobs.isEmpty || workers.hasWork || !pendingFlushes.isEmpty }

  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    var next = 0
    while next < jobs.count, budget > 0 {
      let job = jobs[next]
      next += 1
      budget -= 1
      pulse.runs(job)
      job.runSynchronously(on: executor)
    }
    pulse.rests()
    jobs.removeFirst(next)
  }
}

/// What is done on a loop, once, for somebody elsewhere.
package protocol LoopVisitor: AnyObject, Sendable {
  func visit()
}

/// A connection that gathers output until its loop's turn ends.
protocol LoopFlushable: AnyObject {
  func flushNow()
}
