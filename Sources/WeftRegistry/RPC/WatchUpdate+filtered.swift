import WeftDiscovery

extension WatchUpdate {
  /// The update without what is of services that the receiver may not read.
  func filtered(where isReadable: (String) -> Bool) -> WatchUpdate {
    var update = self
    update.snapshot?.removeAll { !isReadable($0.qualifiedService) }
    update.changes.removeAll { !isReadable($0.key.service) }
    return update
  }
}
