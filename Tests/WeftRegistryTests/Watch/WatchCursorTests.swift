import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A watcher's cursor")
struct WatchCursorTests {
  var core: RegistryCore

  init() {
    var limits = RegistryLimits()
    limits.loggedChanges = 10
    limits.watchMessageChanges = 4
    core = RegistryCore(
      StoredState(history: "h"), limits: limits, descriptorRetention: .seconds(60), now: .zero)
  }

  private mutating func register(_ instances: ServiceInstance...) {
    core.apply(core.plan(instances.map { .register($0) }, now: .zero), now: .zero)
  }

  @Test("begins with a snapshot, then says nothing until something changes")
  mutating func snapshot() throws {
    register(.sample("a"), .sample("b"))
    var cursor = WatchCursor(service: nil, from: .start)
    let firstMessage = cursor.next(core)
    let first = try #require(firstMessage)
    #expect(first.snapshot == [.sample("a", created: 1), .sample("b", created: 2)])
    #expect(first.position == WatchPosition(history: "h", revision: 2))
    #expect(cursor.next(core) == nil)
    register(.sample("c"))
    #expect(cursor.next(core)?.changes == [.put(3, .sample("c", created: 3))])
    #expect(cursor.next(core) == nil)
  }

  @Test("goes on where it was, and says at once that it is up to date")
  mutating func resume() throws {
    register(.sample("a"), .sample("b"), .sample("c"))
    var cursor = WatchCursor(service: nil, from: WatchPosition(history: "h", revision: 1))
    #expect(cursor.next(core)?.changes.map(\.revision) == [2, 3])
    var upToDate = WatchCursor(service: nil, from: WatchPosition(history: "h", revision: 3))
    let firstMessage = upToDate.next(core)
    let first = try #require(firstMessage)
    #expect(first == WatchUpdate(position: WatchPosition(history: "h", revision: 3), after: 3))
  }

  @Test("starts over when its revision is ahead, of another history, or no longer kept")
  mutating func startOver() {
    for i in 0..<20 { register(.sample("a", "\(i)")) }
    for position in [
      WatchPosition(history: "h", revision: 21), WatchPosition(history: "other", revision: 15),
      WatchPosition(history: "h", revision: 9),
    ] {
      var cursor = WatchCursor(service: nil, from: position)
      #expect(cursor.next(core)?.snapshot?.count == 20, "\(position)")
    }
    var kept = WatchCursor(service: nil, from: WatchPosition(history: "h", revision: 10))
    #expect(kept.next(core)?.changes.count == 4)
  }

  @Test("that fell too far behind gets a snapshot instead")
  mutating func slow() throws {
    register(.sample("a"))
    var cursor = WatchCursor(service: nil, from: .start)
    _ = cursor.next(core)
    for i in 0..<11 { register(.sample("b", "\(i)")) }
    let updateMessage = cursor.next(core)
    let update = try #require(updateMessage)
    #expect(update.snapshot?.count == 12)
    #expect(update.position.revision == 12)
  }

  @Test("of one service sees only that one, and does not fall behind over the others")
  mutating func filtered() throws {
    register(.sample("a"), .sample("b"))
    var cursor = WatchCursor(service: "b", from: .start)
    #expect(cursor.next(core)?.snapshot == [.sample("b", created: 2)])
    for round in 0..<5 {
      for i in 0..<9 { register(.sample("a", "\(round)-\(i)")) }
      #expect(cursor.next(core) == nil)
    }
    register(.sample("b", "2"))
    let update = cursor.next(core)
    #expect(update?.changes.map(\.key.id) == ["2"])
    // It was last told of the snapshot, at revision 2.
    #expect(update?.after == 2)
    register(.sample("a", "new"))
    #expect(cursor.next(core) == nil)
    let told = (cursor.progress(core), cursor.progress(core))
    #expect(told.0.after == 48)
    #expect(told.1.after == 49)
  }

  @Test("splits what does not fit one message, and a replica puts it together")
  mutating func pieces() throws {
    core = RegistryCore(
      StoredState(history: "h"),
      limits: {
        var limits = RegistryLimits()
        limits.watchMessageBytes = 300
        return limits
      }(), descriptorRetention: .seconds(60), now: .zero)
    for i in 0..<10 { register(.sample("a", "\(i)")) }
    var cursor = WatchCursor(service: nil, from: .start)
    var replica = CatalogueReplica()
    var pieces = 0
    // The catalogue moves on while the snapshot is told.
    while let update = cursor.next(core) {
      if update.snapshot != nil { pieces += 1 }
      if pieces == 2, core.revision == 10 { register(.sample("a", "late")) }
      _ = try replica.apply(update)
    }
    #expect(pieces > 2)
    #expect(replica.snapshot.instances(of: "a").count == 11)
    #expect(replica.position.revision == 11)
  }
}
