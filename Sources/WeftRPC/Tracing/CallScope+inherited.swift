import Synchronization

extension CallScope {
  /// What calls inherit that are made now: the scope of the call that is being served, with the span of the work inside
  /// it, where another tracing library has begun one.
  public static var inherited: CallScope? {
    let scope = current
    guard let span = ForeignSpan.current else { return scope }
    return CallScope(deadline: scope?.deadline, span: span)
  }
}

/// The span of the current task that another tracing library keeps.
package enum ForeignSpan {
  /// Asked for every call that is made, so quick where there is no such library.
  private static let isKept = Atomic(false)
  private static let finder = Mutex<(@Sendable () -> CallSpan?)?>(nil)

  /// - Parameter find: gives the current task's span.
  package static func follow(_ find: @escaping @Sendable () -> CallSpan?) {
    finder.withLock { $0 = find }
    isKept.store(true, ordering: .releasing)
  }

  static var current: CallSpan? {
    guard isKept.load(ordering: .acquiring) else { return nil }
    return finder.withLock { $0 }?()
  }
}
