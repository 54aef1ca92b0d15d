import Testing
import WeftDiscovery

@Suite("A replica")
struct CatalogueReplicaTests {
  private func update(
    _ revision: UInt64, history: String = "h", after: UInt64 = 5, snapshot: [ServiceInstance]? = nil,
    more: Bool = false, _ changes: CatalogueChange...
  ) -> WatchUpdate {
    WatchUpdate(
      position: WatchPosition(history: history, revision: revision), after: after, snapshot: snapshot,
      snapshotContinues: more, changes: changes)
  }

  private func put(_ revision: UInt64, _ instance: ServiceInstance) -> CatalogueChange {
    CatalogueChange(revision: revision, kind: .put(instance))
  }

  private func makeReplica(at revision: UInt64 = 5) throws -> CatalogueReplica {
    var replica = CatalogueReplica()
    _ = try replica.apply(update(revision, snapshot: [.sample("a", "2"), .sample("a", "1"), .sample("b")]))
    return replica
  }

  @Test("takes a snapshot and sorts it")
  func snapshot() throws {
    let replica = try makeReplica()
    #expect(replica.snapshot.revision == 5)
    #expect(replica.services["a"]?.map(\.id) == ["1", "2"])
  }

  @Test("adds, replaces and removes")
  func changes() throws {
    var replica = try makeReplica()
    let isChanged = try replica.apply(
      update(
        9, put(6, .sample("a", "3")), put(7, .sample("a", "1", port: 1)),
        CatalogueChange(revision: 8, kind: .removed(InstanceKey(service: "a", id: "2"))),
        CatalogueChange(revision: 9, kind: .removed(InstanceKey(service: "b", id: "1")))))
    #expect(isChanged)
    #expect(replica.services == ["a": [.sample("a", "1", port: 1), .sample("a", "3")]])
    #expect(replica.position.revision == 9)
  }

  @Test("notices missing, repeated and swapped changes, and stays as it was")
  func faults() throws {
    let before = try makeReplica()
    for bad in [
      update(8, after: 6, put(7, .sample())), update(6, after: 4, put(6, .sample())),
      update(5, put(5, .sample())),
      update(7, put(7, .sample()), put(6, .sample())), update(7, put(6, .sample()), put(6, .sample())),
      update(6, put(7, .sample())), update(4), update(6, history: "other", put(6, .sample())),
    ] {
      var replica = before
      #expect(throws: CatalogueReplica.Fault.self) { try replica.apply(bad) }
      #expect(replica.position == before.position)
      #expect(replica.services == before.services)
    }
  }

  @Test("takes a snapshot in pieces only when it is whole")
  func pieces() throws {
    var replica = try makeReplica()
    #expect(try replica.apply(update(8, snapshot: [.sample("x")], more: true)) == false)
    #expect(replica.services["a"]?.count == 2)
    var broken = replica
    #expect(throws: CatalogueReplica.Fault.self) { try broken.apply(update(8)) }
    #expect(try replica.apply(update(8, snapshot: [.sample("y")])) == true)
    #expect(replica.services.keys.sorted() == ["x", "y"])
  }

  @Test("forgets half a snapshot when it connects again")
  func reconnect() throws {
    var replica = try makeReplica()
    _ = try replica.apply(update(8, snapshot: [.sample("x")], more: true))
    replica.reconnect()
    _ = try replica.apply(update(6, put(6, .sample("c"))))
    #expect(replica.services.keys.sorted() == ["a", "b", "c"])
  }

  @Test("does not mind revisions that are nothing to it")
  func otherRevisions() throws {
    var replica = try makeReplica()
    #expect(try replica.apply(update(30, put(11, .sample("a", "7")))) == true)
    #expect(try replica.apply(update(40, after: 30)) == false)
    #expect(replica.position.revision == 40)
  }
}
