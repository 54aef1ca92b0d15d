import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The change log")
struct ChangeLogTests {
  private func change(_ revision: UInt64) -> LoggedRevision {
    .put(revision, .sample("hello", "\(revision)"))
  }

  @Test("keeps the newest changes and knows which it has not")
  func bounded() {
    var log = ChangeLog(floor: 100, maxCount: 5, maxBytes: .max)
    for revision in UInt64(101)...110 { log.append(change(revision)) }
    #expect(log.revision == 110)
    #expect(log.floor == 105)
    #expect(log.changes(after: 104) == nil)
    #expect(log.changes(after: 105)?.map(\.revision) == [106, 107, 108, 109, 110])
    #expect(log.changes(after: 110)?.isEmpty == true)
    #expect(log.changes(after: 111) == nil)
  }

  @Test("is bounded in bytes too")
  func boundedBytes() {
    let cost = change(1).cost
    var log = ChangeLog(floor: 0, maxCount: .max, maxBytes: 3 * cost)
    for revision in UInt64(1)...9 { log.append(change(revision)) }
    #expect(log.changes(after: 6)?.map(\.revision) == [7, 8, 9])
    #expect(log.changes(after: 5) == nil)
  }

  @Test("answers the same after very many changes")
  func long() {
    var log = ChangeLog(floor: 0, maxCount: 1_000, maxBytes: .max)
    for revision in UInt64(1)...20_000 { log.append(change(revision)) }
    #expect(log.count == 1_000)
    #expect(log.changes(after: 19_998)?.map(\.revision) == [19_999, 20_000])
  }
}
