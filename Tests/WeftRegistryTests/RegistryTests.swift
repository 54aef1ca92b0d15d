import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A running registry")
struct RegistryTests {
  @Test("registers, resolves, lists and deregisters")
  func basics() async throws {
    try await withRegistry { registry async throws in
      #expect(try await registry.register(.sample("a", "2")) == 1)
      #expect(try await registry.register(.sample("a", "1")) == 2)
      #expect(try await registry.register(.sample("b")) == 3)
      #expect(registry.resolve("a").instances.map(\.id) == ["1", "2"])
      #expect(registry.resolve("a").revision == 3)
      #expect(registry.listServices().services.map { "\($0.name) \($0.instances)" } == ["a 2", "b 1"])
      #expect(try await registry.deregister(InstanceKey(service: "a", id: "1")) == 4)
      #expect(registry.resolve("a").instances == [.sample("a", "2", created: 1)])
      #expect(registry.resolve("none").instances == [])
    }
  }

  @Test("answers a registration only after its commit, and shows nothing before")
  func acknowledgesAfterCommit() async throws {
    let store = FaultingStore()
    try await withRegistry(store: store) { registry in
      store.hold()
      let isAnswered = Flag()
      try await withThrowingTaskGroup { group in
        group.addTask {
          _ = try await registry.register(.sample())
          isAnswered.raise()
        }
        await store.waitForHeldCommit()
        #expect(!isAnswered.isRaised)
        #expect(registry.resolve("hello").instances == [])
        #expect(try registry.heartbeat([ServiceInstance.sample().key]).unknown.count == 1)
        store.release()
        try await group.waitForAll()
      }
      #expect(registry.resolve("hello").instances == [.sample(created: 1)])
      #expect(store.committed.count == 1)
    }
  }

  @Test("tells watchers only what is stored, and nothing of what could not be")
  func watchersAfterCommit() async throws {
    let store = FaultingStore()
    try await withRegistry(store: store) { registry in
      var updates = try registry.watch(service: "hello").makeAsyncIterator()
      let first = await updates.next()
      #expect(first?.snapshot == [])
      store.hold()
      store.fail(with: StoreError(.full, "is full"))
      let refused = Task { try await registry.register(.sample("hello", "refused")) }
      await store.waitForHeldCommit()
      // Who comes now is told of it as little, and no index moves.
      var late = try registry.watch(service: "hello").makeAsyncIterator()
      let lateFirst = await late.next()
      #expect(lateFirst?.snapshot == [])
      #expect(lateFirst?.position.revision == 0)
      #expect(registry.index(for: .service("hello")) == 1)
      store.release()
      await #expect(throws: RegistryError.self) { try await refused.value }
      store.fail(with: nil)
      _ = try await registry.register(.sample("hello", "stored"))
      let told = (await updates.next(), await late.next())
      #expect(told.0?.changes == [.put(1, .sample("hello", "stored", created: 1))])
      #expect(told.1 == told.0)
    }
  }

  @Test("stores what queued during one commit with the next, in one transaction")
  func groups() async throws {
    let store = FaultingStore()
    try await withRegistry(store: store) { registry in
      store.hold()
      try await withThrowingTaskGroup { group in
        group.addTask { _ = try await registry.register(.sample("first")) }
        await store.waitForHeldCommit()
        for i in 0..<50 { group.addTask { _ = try await registry.register(.sample("hello", "\(i)")) } }
        while registry.statistics.queuedCommands < 50 { await Task.yield() }
        store.release()
        try await group.waitForAll()
      }
      #expect(store.committed.map(\.revisions.count) == [1, 50])
      #expect(registry.statistics.revision == 51)
    }
  }

  @Test(
    "turns a store that cannot write into a clear status, while reads and heartbeats go on",
    arguments: [StoreError.Kind.full, .readOnly, .corrupt, .failed])
  func failingStore(kind: StoreError.Kind) async throws {
    let store = FaultingStore()
    try await withRegistry(store: store) { registry in
      _ = try await registry.register(.sample())
      store.fail(with: StoreError(kind, "the disk says no"))
      let error = await #expect(throws: RegistryError.self) { try await registry.register(.sample("other")) }
      switch error {
      case .resourceExhausted(let message) where kind == .full: #expect(message.contains("the disk says no"))
      case .unavailable(let message) where kind != .full: #expect(message.contains("the disk says no"))
      default: Issue.record("unexpected: \(String(describing: error))")
      }
      #expect(registry.resolve("hello").instances == [.sample(created: 1)])
      #expect(try registry.heartbeat([ServiceInstance.sample().key]).unknown == [])
      // Nothing had to be written for this one.
      #expect(try await registry.register(.sample()) == 1)
      store.fail(with: nil)
      #expect(try await registry.register(.sample("other")) == 2)
    }
  }

  @Test("removes an instance when its lease has run out, and tells watchers")
  func expiry() async throws {
    let clock = ManualClock()
    try await withRegistry(clock: clock) { registry in
      _ = try await registry.register(.sample("a", lease: .seconds(2)))
      _ = try await registry.register(.sample("b", lease: .seconds(2)))
      var watch = try registry.watch(from: WatchPosition(revision: 2)).makeAsyncIterator()
      #expect(await watch.next()?.changes == [])
      for _ in 0..<4 {
        await clock.waitForSleepers()
        clock.advance(by: .milliseconds(500))
        #expect(try registry.heartbeat([InstanceKey(service: "b", id: "1")]).unknown == [])
      }
      #expect(await watch.next()?.changes == [.removed(3, InstanceKey(service: "a", id: "1"))])
      #expect(registry.listServices().services.map(\.name) == ["b"])
    }
  }

  @Test("blames nobody for the time it was stopped itself")
  func away() async throws {
    let clock = ManualClock()
    try await withRegistry(clock: clock) { registry in
      _ = try await registry.register(.sample(lease: .seconds(10)))
      await clock.waitForSleepers()
      clock.advance(by: .seconds(3_600))
      await clock.waitForSleepers()
      #expect(registry.resolve("hello").instances.count == 1)
      #expect(registry.statistics.expirations == 0)
    }
  }

  @Test("commits and answers what was queued when it is stopped, refuses the rest, and ends watches")
  func shutdown() async throws {
    let store = FaultingStore()
    let registry = try await Registry(store: store, clock: ManualClock(), logger: .silent)
    let run = Task { await registry.run() }
    let watch = Task {
      for await _ in try registry.watch() {}
    }
    store.hold()
    let first = Task { try await registry.register(.sample("a")) }
    await store.waitForHeldCommit()
    let second = Task { try await registry.register(.sample("b")) }
    while registry.statistics.queuedCommands < 1 { await Task.yield() }
    run.cancel()
    try await watch.value
    await #expect(throws: RegistryError.unavailable("the registry is shutting down")) {
      try await registry.register(.sample("c"))
    }
    store.release()
    #expect(try await first.value == 1)
    #expect(try await second.value == 2)
    await run.value
    #expect(store.committed.map(\.revision) == [1, 2])
  }

  @Test("tells an idle watcher now and then that the watch lives")
  func idle() async throws {
    let clock = ManualClock()
    var configuration = RegistryConfiguration()
    configuration.watchIdleInterval = .seconds(1)
    try await withRegistry(configuration: configuration, clock: clock) { registry in
      try await confirmation { told in
        try await withThrowingTaskGroup { group in
          group.addTask {
            var watch = try registry.watch(service: "quiet").makeAsyncIterator()
            _ = await watch.next()
            let progress = await watch.next()
            #expect(progress?.changes == [])
            #expect(progress?.snapshot == nil)
            told()
          }
          group.addTask {
            while !Task.isCancelled {
              await clock.waitForSleepers()
              clock.advance(by: .milliseconds(500))
              await Task.yield()
            }
          }
          try await group.next()
          group.cancelAll()
        }
      }
    }
  }

  @Test("gives a watch's place back when the watcher is cancelled or gone")
  func watchers() async throws {
    var configuration = RegistryConfiguration()
    configuration.limits.watchers = 2
    try await withRegistry(configuration: configuration) { registry in
      let tasks = try (0..<2).map { _ in
        let watch = try registry.watch()
        return Task { for await _ in watch {} }
      }
      #expect(throws: RegistryError.self) { try registry.watch() }
      for task in tasks {
        task.cancel()
        await task.value
      }
      _ = try registry.watch()
    }
  }
}
