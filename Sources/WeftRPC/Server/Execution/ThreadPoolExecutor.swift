import NIOCore
import NIOPosix

/// Runs Swift tasks on threads of its own, which may block.
///
/// Work that finds every thread busy waits for one; nothing limits how much waits, which is what
/// ``RPCServerConfiguration/methodLimits`` is for.
public final class ThreadPoolExecutor: TaskExecutor {
  private let pool: NIOThreadPool

  /// - Parameter threads: at least 1. They live as long as the process.
  public init(threads: Int) {
    pool = NIOThreadPool(numberOfThreads: max(threads, 1))
    pool.start()
  }

  /// The one behind ``HandlerExecution/blocking``. Its threads are made when it is first used.
  static let blocking = ThreadPoolExecutor(threads: 32)

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // `submit` calls back with `.cancelled` when the pool is shut down, which this one never is; a job that is
    // dropped would never end.
    pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  deinit {
    // Tasks hold their executor, so that none is left; the threads end by themselves.
    pool.shutdownGracefully { _ in }
  }
}
