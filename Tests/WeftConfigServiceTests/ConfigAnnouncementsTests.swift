import Testing

@testable import WeftConfigService

@Suite struct ConfigAnnouncementsTests {
  let announcements = ConfigAnnouncements()
  let key = ConfigKey(service: "resume", environment: "prod")

  @Test func aWatcherIsWokenForItsOwnKeyOnly() async {
    let mine = announcements.subscribe(key)
    let other = announcements.subscribe(ConfigKey(service: "resume", environment: "test"))
    announcements.announce(key)
    announcements.close()
    #expect(await mine.announcements.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await other.announcements.reduce(0) { count, _ in count + 1 } == 0)
  }

  @Test func manyAnnouncementsToASlowWatcherCostOneWakeUp() async {
    let slow = announcements.subscribe(key)
    for _ in 0..<10_000 { announcements.announce(key) }
    announcements.close()
    #expect(await slow.announcements.reduce(0) { count, _ in count + 1 } == 1)
  }

  @Test func whoUnsubscribesIsForgotten() {
    let watcher = announcements.subscribe(key)
    #expect(announcements.watcherCount == 1)
    announcements.unsubscribe(watcher)
    #expect(announcements.watcherCount == 0)
  }

  @Test func afterClosingAWatchEndsAtOnce() async {
    announcements.close()
    let late = announcements.subscribe(key)
    #expect(await late.announcements.reduce(0) { count, _ in count + 1 } == 0)
    #expect(announcements.watcherCount == 0)
  }
}
