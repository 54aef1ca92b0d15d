import Synchronization

/// Numbers for servers, channels and connections, by which tools ask for one of them. No two of a process are
/// the same.
package enum EntityID {
  private static let last = Atomic<Int>(0)

  package static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
