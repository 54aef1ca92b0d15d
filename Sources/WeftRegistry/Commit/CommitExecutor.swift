import Dispatch

/// Where the commit loop runs: a queue of its own, on which it may wait for the disk without keeping a thread of
/// Swift's pool from others.
///
/// So a commit goes from its plan over the disk to the answers on one thread. To hand it to another thread for the disk
/// and to get it back costs more than to write a handful of registrations.
final class CommitExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "weft.registry.commit")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
