import Foundation
import GRDB
import Synchronization
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The SQLite store")
struct SQLiteStoreTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func batch(_ revisions: ClosedRange<UInt64>, padding: Int = 0) -> StoreBatch {
    var batch = StoreBatch(previousRevision: revisions.lowerBound - 1)
    batch.revisions = revisions.map { revision in
      var instance = ServiceInstance.sample("hello", "\(revision)")
      instance.metadata["padding"] = String(repeating: "x", count: padding)
      return .put(revision, instance)
    }
    return batch
  }

  @Test("is found again by a second one, without the first having been closed")
  func reopen() async throws {
    let first = try SQLiteStore(path: directory.file())
    try await first.commit(batch(1...3))
    let before = try await first.load()
    let second = try SQLiteStore(path: directory.file())
    #expect(try await second.load() == before)
    try await second.commit(batch(4...4))
    let error = await #expect(throws: StoreError.self) { try await first.commit(batch(4...4)) }
    #expect(error?.kind == .conflict)
  }

  @Test("counts instances of a release that did not keep when they came from when they were written")
  func withoutCreatedRevision() async throws {
    let store = try SQLiteStore(path: directory.file())
    try await store.commit(batch(1...2))
    let state = try await store.load()
    #expect(state.instances.map(\.createdRevision) == [1, 2])
    #expect(state.log == [.put(1, state.instances[0]), .put(2, state.instances[1])])
  }

  @Test("loads what the first release wrote, and goes on from there")
  func firstRelease() async throws {
    let path = directory.file()
    let queue = try DatabaseQueue(path: path)
    try SQLiteSchema.migrator.migrate(queue, upTo: "1: instances, changes, descriptor sets")
    // As it was then: neither a node nor revisions of its own.
    let record = Data(try ServiceInstance.sample("a").message.serialized())
    try await queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO instance VALUES ('a', '1', 7, ?);
          INSERT INTO change VALUES (7, 'a', '1', ?), (8, 'b', 'x/y', NULL);
          UPDATE catalogue SET revision = 8;
          """, arguments: [record, record])
    }
    try queue.close()
    let store = try SQLiteStore(path: path)
    let state = try await store.load()
    let instance = ServiceInstance.sample("a", created: 7)
    #expect(state.revision == 8)
    #expect(state.instances == [instance])
    #expect(state.log == [.put(7, instance), .removed(8, InstanceKey(service: "b", id: "x/y"))])
    try await store.commit(batch(9...9))
    #expect(try await store.load().log.map(\.revision) == [7, 8, 9])
  }

  @Test("writes ahead and waits for the disk")
  func pragmas() async throws {
    let path = directory.file()
    // The settings hold for one connection each, so they are asked of the store's own.
    let settings = Mutex<Set<Int>>([])
    let store = try SQLiteStore(path: path) { database in
      let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      settings.withLock { _ = $0.insert(synchronous ?? -1) }
    }
    try await store.commit(batch(1...1))
    #expect(settings.withLock { $0 } == [2])
    #expect(FileManager.default.fileExists(atPath: path + "-wal"))
  }

  @Test("says so when the disk is full, keeps what it has, and takes writes again later")
  func full() async throws {
    let path = directory.file()
    let store = try SQLiteStore(path: path) { try $0.execute(sql: "PRAGMA max_page_count = 40") }
    try await store.commit(batch(1...2))
    let error = await #expect(throws: StoreError.self) {
      try await store.commit(batch(3...400, padding: 500))
    }
    #expect(error?.kind == .full)
    #expect(error?.message.contains(path) == true)
    #expect(try await store.load().revision == 2)
    #expect(try await store.load().instances.count == 2)
    try await store.commit(batch(3...3))
    #expect(try await store.load().revision == 3)
  }

  @Test("says so when it cannot write, and still reads")
  func readOnly() async throws {
    let path = directory.file()
    let store = try SQLiteStore(path: path)
    try await store.commit(batch(1...1))
    try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
    let error = await #expect(throws: StoreError.self) { try await store.commit(batch(2...2)) }
    #expect(error?.kind == .readOnly)
    #expect(try await store.load().revision == 1)
  }

  @Test("refuses a file that is no database")
  func notADatabase() throws {
    try Data(repeating: 0x5A, count: 8_192).write(to: URL(fileURLWithPath: directory.file()))
    let error = #expect(throws: StoreError.self) { try SQLiteStore(path: directory.file()) }
    #expect(error?.kind == .corrupt)
  }

  @Test("reports a damaged page instead of crashing")
  func damagedPage() async throws {
    let path = directory.file()
    let store = try SQLiteStore(path: path)
    try await store.commit(batch(1...200, padding: 500))
    await store.close()
    let queue = try DatabaseQueue(path: path)
    try await queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    let size = try file.seekToEnd()
    // All but the first page, which holds the schema.
    try file.seek(toOffset: 4_096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4_096))
    try file.close()
    let error = await #expect(throws: StoreError.self) { try await SQLiteStore(path: path).load() }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains(path) == true)
  }

  @Test("refuses a file that a newer release wrote")
  func newer() async throws {
    let path = directory.file()
    await (try SQLiteStore(path: path)).close()
    let queue = try DatabaseQueue(path: path)
    try await queue.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from the future')")
    }
    try queue.close()
    let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
    #expect(error?.kind == .unsupportedSchema)
  }

  @Test("drops logged changes before a gap")
  func gap() async throws {
    let path = directory.file()
    let store = try SQLiteStore(path: path)
    try await store.commit(batch(1...9))
    await store.close()
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: "DELETE FROM log WHERE revision = 4") }
    try queue.close()
    let state = try await SQLiteStore(path: path).load()
    #expect(state.log.map(\.revision) == [5, 6, 7, 8, 9])
    #expect(state.revision == 9)
  }

  @Test("says which directory it cannot use")
  func cannotOpen() throws {
    try Data().write(to: URL(fileURLWithPath: directory.file("taken")))
    let error = #expect(throws: StoreError.self) { try SQLiteStore(path: directory.file("taken/x.sqlite")) }
    #expect(error?.message.contains("taken") == true)
  }
}
