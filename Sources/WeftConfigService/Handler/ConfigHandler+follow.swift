extension ConfigHandler {
  /// How long a version that another process stored may stay unseen by watches of this one.
  static let followInterval = Duration.milliseconds(100)

  /// Wakes watches for what other processes store in the same file, until cancelled. Instances of this service on one
  /// machine share a store so that they can share the load.
  func followOthers() async {
    var last: Int64?
    while !Task.isCancelled {
      if announcements.watcherCount == 0 {
        // An idle process stays idle. What is stored from here on, later watches find by themselves.
        last = nil
      } else if let mark = try? await store.changeMark(), mark != last {
        // Also at the first look: something may have been stored since the watch began. A store that cannot be
        // read is asked again; the watches' own reads report what is wrong with it.
        announcements.announceAll()
        last = mark
      }
      try? await Task.sleep(for: Self.followInterval)
    }
  }
}
