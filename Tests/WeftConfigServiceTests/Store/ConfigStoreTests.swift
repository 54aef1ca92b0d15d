import Foundation
import Testing

@testable import WeftConfigService

/// What every ``ConfigStore`` must do. A new implementation joins by adding itself to `makers`.
@Suite struct ConfigStoreTests {
  static let key = ConfigKey(service: "resume", environment: "prod")

  /// A store in a folder of its own, which can be closed and opened again.
  final class Maker: Sendable {
    let path = NSTemporaryDirectory() + "weft-config-\(UUID().uuidString).sqlite"
    func open() throws -> any ConfigStore { try SQLiteConfigStore(path: path) }
    deinit {
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
  }

  let maker = Maker()

  func new(
    _ content: String, key: ConfigKey = ConfigStoreTests.key, expected: UInt32? = nil, comment: String = ""
  ) -> NewConfig {
    NewConfig(
      key: key, content: .bytes(Array(content.utf8)), comment: comment, author: "test", createdAt: 7,
      expectedVersion: expected)
  }

  @Test func versionsCountFromOneForEachKey() async throws {
    let store = try maker.open()
    #expect(try await store.append(new("a")).version.version == 1)
    #expect(try await store.append(new("b")).version.version == 2)
    let other = ConfigKey(service: "resume", environment: "test")
    #expect(try await store.append(new("c", key: other)).version.version == 1)
  }

  @Test func theNewestOrAnyOldVersionIsRead() async throws {
    let store = try maker.open()
    #expect(try await store.config(Self.key, version: nil) == nil)
    _ = try await store.append(new("a", comment: "first"))
    _ = try await store.append(new("b"))
    #expect(try await store.config(Self.key, version: nil)?.content == Array("b".utf8))
    let first = try #require(try await store.config(Self.key, version: 1))
    #expect(first.content == Array("a".utf8))
    #expect(
      first.version
        == StoredVersion(version: 1, comment: "first", author: "test", createdAt: 7, rolledBackFrom: nil))
    #expect(try await store.config(Self.key, version: 3) == nil)
  }

  @Test(arguments: [0, 2, 9] as [UInt32])
  func anUnmetExpectationStoresNothing(expected: UInt32) async throws {
    let store = try maker.open()
    _ = try await store.append(new("a"))
    await #expect(throws: ConfigStoreError.versionMismatch(expected: expected, current: 1)) {
      try await store.append(new("b", expected: expected))
    }
    #expect(try await store.config(Self.key, version: nil)?.content == Array("a".utf8))
  }

  @Test func expectingZeroMeansThereIsNoneYet() async throws {
    let store = try maker.open()
    #expect(try await store.append(new("a", expected: 0)).version.version == 1)
    #expect(try await store.append(new("b", expected: 1)).version.version == 2)
  }

  @Test func aRollbackMakesANewVersionOfTheOldContent() async throws {
    let store = try maker.open()
    _ = try await store.append(new("a"))
    _ = try await store.append(new("b"))
    var rollback = new("")
    rollback.content = .version(1)
    let made = try await store.append(rollback)
    #expect(made.version.version == 3)
    #expect(made.version.rolledBackFrom == 1)
    #expect(made.content == Array("a".utf8))
  }

  @Test func aRollbackToAMissingVersionStoresNothing() async throws {
    let store = try maker.open()
    _ = try await store.append(new("a"))
    var rollback = new("")
    rollback.content = .version(9)
    let request = rollback
    await #expect(throws: ConfigStoreError.noSuchVersion(9)) { try await store.append(request) }
    #expect(try await store.config(Self.key, version: nil)?.version.version == 1)
  }

  @Test func listsAreNewestFirstAndPaged() async throws {
    let store = try maker.open()
    for index in 1...5 { _ = try await store.append(new("\(index)")) }
    #expect(try await store.versions(Self.key, before: nil, limit: 3).map(\.version) == [5, 4, 3])
    #expect(try await store.versions(Self.key, before: 3, limit: 3).map(\.version) == [2, 1])
    #expect(try await store.versions(Self.key, before: 1, limit: 3).isEmpty)
  }

  @Test func followersStepThroughEveryVersion() async throws {
    let store = try maker.open()
    for index in 1...3 { _ = try await store.append(new("\(index)")) }
    #expect(try await store.next(Self.key, after: 0)?.version.version == 1)
    #expect(try await store.next(Self.key, after: 2)?.version.version == 3)
    #expect(try await store.next(Self.key, after: 3) == nil)
  }

  @Test func writersAtOnceLoseNothingAndNeverShareAVersion() async throws {
    let store = try maker.open()
    let versions = try await withThrowingTaskGroup(of: UInt32.self) { group in
      for index in 0..<50 { group.addTask { try await store.append(new("\(index)")).version.version } }
      return try await group.reduce(into: Set<UInt32>()) { $0.insert($1) }
    }
    #expect(versions == Set(1...50))
  }

  @Test func ofWritersWithTheSameExpectationOneWins() async throws {
    let store = try maker.open()
    let wins = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<20 { group.addTask { (try? await store.append(new("\(index)", expected: 0))) != nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wins == 1)
  }

  @Test func theMarkTellsOfWhatAnotherProcessStored() async throws {
    let store = try maker.open()
    let another = try maker.open()
    let before = try await store.changeMark()
    #expect(try await store.changeMark() == before)
    _ = try await another.append(new("a"))
    #expect(try await store.changeMark() != before)
    #expect(try await store.config(Self.key, version: nil)?.content == Array("a".utf8))
  }

  @Test func twoProcessesNeverShareAVersion() async throws {
    let stores = [try maker.open(), try maker.open()]
    let versions = try await withThrowingTaskGroup(of: UInt32.self) { group in
      for index in 0..<40 {
        group.addTask { try await stores[index % 2].append(new("\(index)")).version.version }
      }
      return try await group.reduce(into: Set<UInt32>()) { $0.insert($1) }
    }
    #expect(versions == Set(1...40))
  }

  @Test func everythingIsThereAfterReopening() async throws {
    let store = try maker.open()
    _ = try await store.append(new("a"))
    try store.close()
    let again = try maker.open()
    #expect(try await again.config(Self.key, version: nil)?.content == Array("a".utf8))
    #expect(try await again.append(new("b")).version.version == 2)
  }
}
