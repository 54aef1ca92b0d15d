import Foundation
import GRDB
import Testing

@testable import WeftConfigService

@Suite struct SQLiteConfigStoreTests {
  let maker = ConfigStoreTests.Maker()

  @Test func theFileIsInWALMode() throws {
    _ = try maker.open()
    let mode = try DatabaseQueue(path: maker.path).read {
      try String.fetchOne($0, sql: "PRAGMA journal_mode")
    }
    #expect(mode == "wal")
  }

  @Test func aFileThatIsNoDatabaseIsRefused() throws {
    try Data(repeating: 0x41, count: 4096).write(to: URL(fileURLWithPath: maker.path))
    #expect(throws: (any Error).self) { try maker.open() }
  }

  @Test func textThatLooksLikeSQLIsJustText() async throws {
    let store = try maker.open()
    let key = ConfigKey(service: "x'; DROP TABLE version; --", environment: "\"")
    _ = try await store.append(
      NewConfig(
        key: key, content: .bytes([0, 255]), comment: "'", author: "\0", createdAt: 0, expectedVersion: nil))
    #expect(try await store.config(key, version: nil)?.content == [0, 255])
  }
}
