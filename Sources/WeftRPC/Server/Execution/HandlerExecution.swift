/// Where a handler runs.
public enum HandlerExecution: Sendable {
  /// On the connection's event loop: the fastest, for handlers that neither block nor compute for long.
  case eventLoop
  /// On Swift's global pool, which has a thread for each core: for handlers that compute.
  case pool
  /// On threads that may wait: for handlers that call what blocks.
  case blocking
  /// On an executor of one's own, such as a ``ThreadPoolExecutor``.
  case executor(any TaskExecutor)

  /// Nil for the connection's event loop.
  var executor: (any TaskExecutor)? {
    switch self {
    case .eventLoop: nil
    case .pool: globalConcurrentExecutor
    case .blocking: ThreadPoolExecutor.blocking
    case .executor(let executor): executor
    }
  }
}
