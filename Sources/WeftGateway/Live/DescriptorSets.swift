import Synchronization
import WeftProtobuf

/// The descriptor sets of registered services, fetched by content hash, linked once and kept while they are used.
///
/// Nothing here waits: a set that is not there yet is fetched beside, and the watcher is told when it has come. So
/// a service whose set is missing, slow or broken holds up no other.
final class DescriptorSets: Sendable {
  /// What is known of a set.
  enum Lookup: Sendable {
    case ready(DescriptorPool)
    /// It came and cannot be used.
    case refused(String)
    /// It is on its way, or will be tried again. Late: it could not be had at least once.
    case pending(isLate: Bool)
  }

  private struct Entry {
    var lookup: Lookup
    var bytes = 0
    var failures = 0
    /// Refused only because others fill the room.
    var lacksRoom = false
    var task: Task<Void, Never>?
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let maxBytes: Int
  private let fetch: @Sendable (String) async throws -> [UInt8]
  private let changed: @Sendable () -> Void

  /// - Parameters:
  ///   - maxBytes: size of all sets together, serialized.
  ///   - fetch: gets a set by its hash from the registry.
  ///   - changed: called when a lookup has another answer than before.
  init(
    maxBytes: Int = 64 << 20, fetch: @escaping @Sendable (String) async throws -> [UInt8],
    changed: @escaping @Sendable () -> Void
  ) {
    self.maxBytes = maxBytes
    self.fetch = fetch
    self.changed = changed
  }

  /// What is known of a set; one that is not known starts to be fetched.
  func lookup(_ hash: String) -> Lookup {
    state.withLock { state in
      if let entry = state.entries[hash] { return entry.lookup }
      guard !state.isClosed else { return .pending(isLate: true) }
      state.entries[hash] = Entry(lookup: .pending(isLate: false), task: Task { await self.load(hash) })
      return .pending(isLate: false)
    }
  }

  /// Forgets all other sets. Those that found no room are tried again when there may be some.
  func keep(_ hashes: Set<String>) {
    let dropped = state.withLock { state in
      let dropped = state.entries.filter { !hashes.contains($0.key) }
      for hash in dropped.keys { state.entries[hash] = nil }
      if dropped.values.contains(where: { $0.bytes > 0 }) {
        state.entries = state.entries.filter { !$0.value.lacksRoom }
      }
      return dropped.values.compactMap(\.task)
    }
    for task in dropped { task.cancel() }
  }

  /// Stops what is under way.
  func close() {
    state.withLock { $0.isClosed = true }
    keep([])
  }

  /// Fetches until it succeeds: a registry that is away comes back.
  private func load(_ hash: String) async {
    while !Task.isCancelled {
      do {
        let bytes = try await fetch(hash)
        store(Self.link(bytes), bytes.count, for: hash)
        return
      } catch {
        let failures = state.withLock { state -> Int in
          state.entries[hash]?.failures += 1
          state.entries[hash]?.lookup = .pending(isLate: true)
          return state.entries[hash]?.failures ?? 0
        }
        if failures == 1 { changed() }
        // From 100 ms, doubling, to some 6 s.
        let delay = Duration.milliseconds(100 << min(max(failures - 1, 0), 6))
        do { try await Task.sleep(for: delay) } catch { return }
      }
    }
  }

  private func store(_ lookup: Lookup, _ size: Int, for hash: String) {
    state.withLock { state in
      guard state.entries[hash] != nil else { return }
      let used = state.entries.values.reduce(0) { $0 + $1.bytes }
      if used + size > maxBytes {
        state.entries[hash] = Entry(
          lookup: .refused("all descriptor sets together exceed \(maxBytes) bytes"), lacksRoom: true)
      } else {
        state.entries[hash] = Entry(lookup: lookup, bytes: size)
      }
    }
    changed()
  }

  private static func link(_ bytes: [UInt8]) -> Lookup {
    do {
      return .ready(try DescriptorPool(fileDescriptorSet: bytes))
    } catch {
      return .refused(error.description)
    }
  }
}
