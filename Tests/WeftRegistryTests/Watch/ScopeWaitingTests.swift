import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Waiting for a scope")
struct ScopeWaitingTests {
  @Test("an index is never zero, moves with its scope and with nothing else")
  func indexes() async throws {
    try await withRegistry { registry async throws in
      #expect(registry.index(for: .service("a")) == 1)
      #expect(try await registry.register(.sample("a")) == 1)
      #expect(try await registry.register(.sample("b")) == 2)
      #expect(registry.index(for: .service("a")) == 1)
      #expect(registry.index(for: .service("b")) == 2)
      #expect(registry.index(for: .services) == 2)
      #expect(registry.index(for: .everything) == 2)
      #expect(registry.index(for: .nodes) == 1)
    }
  }

  @Test("a status touches the service and its checks, but not which services there are")
  func statusTouches() async throws {
    try await withRegistry { registry async throws in
      let owner = CheckOwner.instance(InstanceKey(service: "a", id: "1"))
      _ = try await registry.register(.sample("a"))
      _ = try await registry.putCheck(HealthCheck(id: "c", kind: .ttl(.seconds(9))), of: owner)
      let revision = try await registry.setCheck(CheckKey(owner: owner, id: "c"), status: .passing)
      for scope: Scope in [
        .service("a"), .checks, .checksInState(.passing), .checksInState(.critical), .node("weft"),
      ] {
        #expect(registry.index(for: scope) == revision, "\(scope)")
      }
      #expect(registry.index(for: .services) == 1)
      #expect(registry.index(for: .checksInState(.warning)) == 1)
    }
  }

  @Test("an index does not fall when the service goes or the registry starts again")
  func neverFalls() async throws {
    let store = MemoryStore()
    try await withRegistry(store: store) { registry async throws in
      _ = try await registry.register(.sample("a"))
      _ = try await registry.register(.sample("b"))
      _ = try await registry.deregister(InstanceKey(service: "a", id: "1"))
      #expect(registry.index(for: .service("a")) == 3)
    }
    try await withRegistry(store: store) { registry async throws in
      #expect(registry.index(for: .service("a")) == 3)
      #expect(registry.index(for: .service("none")) == 3)
    }
  }

  @Test("returns at once when the index is another, higher or lower")
  func atOnce() async throws {
    try await withRegistry { registry async throws in
      _ = try await registry.register(.sample("a"))
      _ = try await registry.register(.sample("a", "2"))
      #expect(await registry.wait(for: .service("a"), after: 1, timeout: .seconds(60)) == 2)
      #expect(await registry.wait(for: .service("a"), after: 99, timeout: .seconds(60)) == 2)
    }
  }

  @Test("sleeps through changes of others, wakes for its own")
  func wakes() async throws {
    try await withRegistry { registry async throws in
      async let woken = registry.wait(for: .service("a"), after: 1, timeout: .seconds(3_600))
      while registry.state.withLock({ $0.hub.waiting }) == 0 { await Task.yield() }
      _ = try await registry.register(.sample("b"))
      #expect(registry.state.withLock { $0.hub.waiting } == 1)
      let revision = try await registry.register(.sample("a"))
      #expect(await woken == revision)
    }
  }

  @Test("returns at its timeout, and when it is cancelled")
  func timeout() async throws {
    let clock = ManualClock()
    try await withRegistry(clock: clock) { registry async throws in
      async let waited = registry.wait(for: .nodes, after: 1, timeout: .milliseconds(10))
      await clock.waitForSleepers(2)
      clock.advance(by: .milliseconds(10))
      #expect(await waited == 1)
      let task = Task { await registry.wait(for: .nodes, after: 1, timeout: .seconds(3_600)) }
      while registry.state.withLock({ $0.hub.waiting }) == 0 { await Task.yield() }
      task.cancel()
      #expect(await task.value == 1)
    }
  }

  @Test("who waits for a prefix hears of every key whose bytes begin with it")
  func prefixByBytes() async throws {
    try await withRegistry { registry in
      // The first revision cannot be told from the index of what was never changed.
      _ = try await registry.perform(.set("other", ""))
      let before = registry.index(for: .kvPrefix("cafe"))
      async let after = registry.wait(for: .kvPrefix("cafe"), after: before, timeout: .seconds(3_600))
      try await eventually { registry.state.withLock { $0.hub.waiting } == 1 }
      // To Swift this begins with "caf" and then an "é".
      let (revision, _) = try await registry.perform(.set("cafe\u{301}", ""))
      #expect(await after == revision)
    }
  }
}
