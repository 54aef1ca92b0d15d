import Synchronization

/// What a loop lets another thread know of what it does now: a few stores a turn, one a job.
final class LoopPulse: Sendable {
  /// Odd while a turn runs jobs.
  private let turn = Atomic<UInt64>(0)
  /// The job that runs, as an address that is compared and never followed.
  private let job = Atomic<UInt>(0)
  /// Pieces of work that the loop's workers have begun: one job does many.
  private let work = Atomic<UInt64>(0)
  private let workers = Mutex<[UInt: LoopWorker]>([:])

  struct Sample: Equatable {
    var turn: UInt64
    var job: UInt
    var work: UInt64
  }

  // MARK: On the loop

  // Loads and stores instead of additions: only the loop writes.

  func turnBegins() {
    turn.store(turn.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  func turnEnds() {
    turn.store(turn.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  @inline(__always)
  func takesWork() {
    work.store(work.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// No job runs.
  func rests() {
    job.store(0, ordering: .relaxed)
  }

  @inline(__always)
  func runs(_ job: UnownedJob) {
    // A task and its job are one object.
    self.job.store(unsafeBitCast(job, to: UInt.self), ordering: .relaxed)
  }

  func add(_ worker: LoopWorker, _ task: Task<Void, Never>) {
    workers.withLock { $0[unsafeBitCast(task, to: UInt.self)] = worker }
  }

  func remove(_ task: Task<Void, Never>?) {
    guard let task else { return }
    workers.withLock { $0[unsafeBitCast(task, to: UInt.self)] = nil }
  }

  // MARK: Anywhere

  /// The job that runs now; nil between turns.
  var now: Sample? {
    let sample = Sample(
      turn: turn.load(ordering: .relaxed), job: job.load(ordering: .relaxed),
      work: work.load(ordering: .relaxed))
    return sample.turn % 2 == 1 && sample.job != 0 ? sample : nil
  }

  /// What the job works on, when that has a name.
  func name(of sample: Sample) -> String? {
    let number = workers.withLock { $0[sample.job]?.label.load(ordering: .relaxed) }
    return number.flatMap(LoopLabel.name)
  }
}
