import NIOCore
import Synchronization
import WeftHTTP2

/// Encoded answers, each good for as long as what it shows has the same version.
///
/// Most readers ask the same few questions again and again, and encoding an answer costs a hundred times what
/// finding it here does. Bounded by bytes; what was not asked for lately goes first.
final class BodyCache<Scope: Sendable, Version: Sendable>: Sendable {
  struct Entry: Sendable {
    var scope: Scope
    var version: Version
    var answer: ConsulAnswer
  }

  private struct State {
    var young: [String: Entry] = [:]
    var old: [String: Entry] = [:]
    var youngBytes = 0
  }

  private let state = Mutex(State())
  private let generationBytes: Int

  /// - Parameter bytes: roughly what it may hold.
  init(bytes: Int) {
    generationBytes = bytes / 2
  }

  subscript(key: String) -> Entry? {
    state.withLock { state in
      if let entry = state.young[key] { return entry }
      guard let entry = state.old.removeValue(forKey: key) else { return nil }
      add(entry, key, &state)
      return entry
    }
  }

  func add(_ entry: Entry, for key: String) {
    state.withLock { add(entry, key, &$0) }
  }

  private func add(_ entry: Entry, _ key: String, _ state: inout State) {
    let cost = entry.answer.body.readableBytes + 2 * key.utf8.count + 512
    guard cost <= generationBytes / 4 else { return }
    if state.youngBytes + cost > generationBytes {
      // Who is still asked for comes back from the old.
      state.old = state.young
      state.young = [:]
      state.youngBytes = 0
    }
    state.youngBytes += cost
    if let replaced = state.young.updateValue(entry, forKey: key) {
      state.youngBytes -= replaced.answer.body.readableBytes + 2 * key.utf8.count + 512
    }
  }
}
