import Synchronization
import Testing

@testable import WeftGateway

@Suite("Descriptor sets")
struct DescriptorSetsTests {
  private struct Away: Error {}

  /// Waits for changes until a lookup is no longer pending.
  private func settle(_ sets: DescriptorSets, _ hash: String, _ changes: AsyncStream<Void>) async
    -> DescriptorSets.Lookup
  {
    var changes = changes.makeAsyncIterator()
    while true {
      let lookup = sets.lookup(hash)
      if case .pending = lookup {
        _ = await changes.next()
      } else {
        return lookup
      }
    }
  }

  @Test("are fetched once, and tried again while the registry is away")
  func fetches() async throws {
    let fetches = Mutex(0)
    let (changes, change) = AsyncStream.makeStream(of: Void.self)
    let set = TestFile().set()
    let sets = DescriptorSets(
      fetch: { _ in
        let count = fetches.withLock { fetches in
          fetches += 1
          return fetches
        }
        if count == 1 { throw Away() }
        return set
      }, changed: { change.yield() })
    guard case .ready(let pool) = await settle(sets, "x", changes) else {
      Issue.record("not ready")
      return
    }
    #expect(pool.service(named: "test.Test") != nil)
    _ = sets.lookup("x")
    #expect(fetches.withLock { $0 } == 2)
  }

  @Test("that cannot be used are refused with the reason")
  func refused() async throws {
    let (changes, change) = AsyncStream.makeStream(of: Void.self)
    let sets = DescriptorSets(fetch: { _ in [0xFF] }, changed: { change.yield() })
    guard case .refused(let reason) = await settle(sets, "x", changes) else {
      Issue.record("not refused")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test("are bounded together, and forgotten when nobody has them")
  func bounds() async throws {
    let (changes, change) = AsyncStream.makeStream(of: Void.self)
    let set = TestFile().set()
    let sets = DescriptorSets(maxBytes: set.count, fetch: { _ in set }, changed: { change.yield() })
    guard case .ready = await settle(sets, "x", changes) else {
      Issue.record("not ready")
      return
    }
    guard case .refused(let reason) = await settle(sets, "y", changes) else {
      Issue.record("not refused")
      return
    }
    #expect(reason.contains("exceed"))
    sets.keep(["y"])
    guard case .ready = await settle(sets, "y", changes) else {
      Issue.record("not ready")
      return
    }
  }
}
