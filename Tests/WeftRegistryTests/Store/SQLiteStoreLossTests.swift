import Foundation
import GRDB
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("An SQLite store whose disk has lost what it had promised")
struct SQLiteStoreLossTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func batch(_ revisions: ClosedRange<UInt64>) -> StoreBatch {
    var batch = StoreBatch(previousRevision: revisions.lowerBound - 1)
    batch.revisions = revisions.map { .put($0, .sample("hello", "\($0)", created: $0)) }
    return batch
  }

  /// Puts the file of a closed store back as it was before `body`, as a disk does that loses what it had promised.
  private func losing(_ path: String, _ body: () async throws -> Void) async throws {
    let files = FileManager.default
    let suffixes = ["", "-wal"].filter { files.fileExists(atPath: path + $0) }
    for suffix in suffixes { try files.copyItem(atPath: path + suffix, toPath: path + ".before" + suffix) }
    try await body()
    for suffix in ["", "-wal", "-shm"] where files.fileExists(atPath: path + suffix) {
      try files.removeItem(atPath: path + suffix)
    }
    for suffix in suffixes { try files.moveItem(atPath: path + ".before" + suffix, toPath: path + suffix) }
  }

  private func commit(_ revisions: ClosedRange<UInt64>, to path: String) async throws -> StoredState {
    let store = try SQLiteStore(path: path)
    try await store.commit(batch(revisions))
    let state = try await store.load()
    await store.close()
    return state
  }

  @Test("that has lost its newest changes begins a new history, above every revision that was told")
  func lost() async throws {
    let path = directory.file()
    let before = try await commit(1...5, to: path)
    try await losing(path) { _ = try await commit(6...8, to: path) }
    let store = try SQLiteStore(path: path)
    let state = try await store.load()
    #expect(state.history != before.history)
    #expect(state.lostRevisions == 3)
    #expect(state.revision == 9)
    #expect(state.instances == before.instances)
    #expect(state.log == [])
    // A watcher that had been told of what is gone starts over, however far the new revisions come.
    let core = RegistryCore(
      state, limits: RegistryLimits(), descriptorRetention: .seconds(60), now: .zero)
    for revision in UInt64(5)...9 {
      var cursor = WatchCursor(
        service: nil, from: WatchPosition(history: before.history, revision: revision))
      #expect(cursor.next(core)?.snapshot?.count == 5)
    }
    // It goes on from there, and has lost nothing the next time.
    try await store.commit(batch(10...10))
    let next = try await SQLiteStore(path: path).load()
    #expect(next.history == state.history)
    #expect(next.lostRevisions == 0)
    #expect(next.log.map(\.revision) == [10])
  }

  @Test("sees what is lost after a restore, too")
  func lostAfterRestore() async throws {
    let path = directory.file()
    _ = try await commit(1...5, to: path)
    let store = try SQLiteStore(path: path)
    let replacement = StoreReplacement(history: "restored", revision: 6, entries: [])
    try await store.replace(with: replacement, previousRevision: 5)
    await store.close()
    try await losing(path) { _ = try await commit(7...9, to: path) }
    let state = try await SQLiteStore(path: path).load()
    #expect(state.lostRevisions == 3)
    #expect(state.revision == 10)
    #expect(state.history != "restored")
  }

  @Test(
    "that has lost some of its newest changes in part is refused",
    arguments: [
      "UPDATE instance SET revision = 7 WHERE key LIKE 'hello%4%'",
      "DELETE FROM instance WHERE key LIKE 'hello%4%'",
      "INSERT INTO log VALUES (6, 0, 0, 'x', NULL)",
      "UPDATE instance SET record = x'00' WHERE key LIKE 'hello%4%'",
    ])
  func lostInPart(harm: String) async throws {
    let path = directory.file()
    _ = try await commit(1...5, to: path)
    try await losing(path) { _ = try await commit(6...8, to: path) }
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: harm) }
    try queue.close()
    let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("is damaged; restore it") == true)
  }

  @Test(
    "takes a mark of another history, or none that can be read, for none", arguments: ["other 99", "", "99"])
  func foreignMark(text: String) async throws {
    let path = directory.file()
    let before = try await commit(1...3, to: path)
    try Data(text.padding(toLength: 64, withPad: "\n", startingAt: 0).utf8).write(
      to: URL(fileURLWithPath: path + "-mark"))
    let state = try await SQLiteStore(path: path).load()
    #expect(state == before)
  }
}
