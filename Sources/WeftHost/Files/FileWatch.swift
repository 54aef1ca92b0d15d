/// Tells when files were written or replaced since this value was made.
///
/// It looks at them now and then instead of asking the system to tell: a look costs microseconds, works for
/// links, mounts and folders that are swapped whole, and has no queue that could overflow.
struct FileWatch: Sendable {
  private let paths: [String]
  private let known: [FileStamp?]

  /// Made before the files are read, so that no change can fall between.
  init(_ paths: [String]) {
    self.paths = paths
    known = paths.map(FileStamp.init)
  }

  /// Calls `changed` after every change of one of the files, for as long as `target` lives.
  func follow<Target: AnyObject & Sendable>(
    for target: Target, every interval: Duration, _ changed: @escaping @Sendable (Target) -> Void
  ) {
    Task.detached(priority: .background) { [weak target, paths, known] in
      var known = known
      while (try? await Task.sleep(for: interval)) != nil {
        guard let target else { return }
        let stamps = paths.map(FileStamp.init)
        if stamps == known { continue }
        // Before the files are read: what is written meanwhile is another change.
        known = stamps
        changed(target)
      }
    }
  }
}
