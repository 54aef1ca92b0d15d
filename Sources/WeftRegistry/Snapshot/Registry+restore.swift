import WeftDiscovery

/// A restore that waits for its turn between two commits.
struct QueuedRestore: Sendable {
  var replacement: StoreReplacement
  /// What is restored, for the audit log.
  var source: SnapshotFile.Contents
  var actor: AuditActor
  var caller: CheckedContinuation<Result<UInt64, RegistryError>, Never>
}

extension Registry {
  /// Puts what a snapshot holds in the place of all that the registry holds, while it runs: whole or not at all.
  ///
  /// It is one new revision, above that of the registry and that of the snapshot, and a new history: watchers start
  /// over, and everybody who waits for a change of anything looks again. Leases, sessions and checks begin their time
  /// anew, as after a start. Instances that came after the snapshot are told at their next heartbeat that they are
  /// unknown, and register again.
  /// - Returns: the revision.
  /// - Throws: `invalidArgument` when this release cannot read what it holds, `resourceExhausted` when there is no room,
  ///   `unavailable` when the store does not take it. Nothing has changed then.
  @discardableResult
  public func restore(
    _ snapshot: SnapshotFile, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    let replacement: StoreReplacement
    do {
      replacement = try await snapshot.replacement(scratch: store.scratchFolder)
    } catch let error as StoreError {
      switch error.kind {
      case .corrupt, .unsupportedSchema: throw .invalidArgument(field: "snapshot", reason: error.message)
      default: throw RegistryError(error)
      }
    } catch {
      throw .invalidArgument(field: "snapshot", reason: "\(error)")
    }
    let result = await withCheckedContinuation { caller in
      let isClosed = state.withLock { state in
        if state.isClosed { return true }
        state.restores.append(
          QueuedRestore(
            replacement: replacement, source: snapshot.contents, actor: actor, caller: caller))
        return false
      }
      if isClosed {
        caller.resume(returning: .failure(.unavailable("the registry is shutting down")))
      } else {
        wakeCommitter()
      }
    }
    return try result.get()
  }

  /// Runs in the commit loop, so that no commit is under way. Writes that wait are decided on what is there after it.
  func perform(_ restore: QueuedRestore) async {
    let before = state.withLock { $0.core.revision }
    var replacement = restore.replacement
    replacement.revision = max(before, replacement.revision) + 1
    do throws(StoreError) {
      try await store.replace(with: replacement, previousRevision: before)
    } catch {
      logger.error("a snapshot could not be restored; nothing has changed", metadata: ["error": "\(error)"])
      restore.caller.resume(returning: .failure(RegistryError(error)))
      return
    }
    logger.notice(
      "a snapshot was restored",
      metadata: [
        "revision": "\(replacement.revision)", "snapshot_revision": "\(restore.source.revision)",
        "by": "\(restore.actor.name)",
      ])
    audit?.write([
      AuditEntry(
        time: wallClock().milliseconds, revision: replacement.revision, actor: restore.actor,
        action: "snapshot.restore", put: ["snapshot \(restore.source.history)@\(restore.source.revision)"])
    ])
    // Made before the lock is taken: it may take a moment.
    let core = RegistryCore(
      StoredState(replacement), limits: configuration.limits,
      descriptorRetention: configuration.descriptorRetention, address: configuration.nodeAddress,
      protection: configuration.selfProtection, now: clock.now, wallTime: wallClock())
    let waiters = state.withLock { state in
      state.core = core
      return state.hub.takeAll()
    }
    // The operator's way in must not depend on what a snapshot holds.
    addInitialToken()
    restore.caller.resume(returning: .success(replacement.revision))
    for waiter in waiters { waiter.resume(returning: .changed) }
  }
}

extension StoredState {
  fileprivate init(_ replacement: StoreReplacement) {
    self.init(
      history: replacement.history, revision: replacement.revision, entries: replacement.entries,
      descriptorSets: replacement.descriptorSets.mapValues(\.count))
  }
}
