import Synchronization

/// A filter that was made for one kind of record.
struct Filter<Record>: Sendable {
  let test: @Sendable (Record) -> Bool
  let work: FilterWork

  func callAsFunction(_ record: Record) -> Bool { test(record) }

  /// To be called when all records have been looked at.
  /// - Throws: when they were too much work, and the answers since then mean nothing.
  func finish() throws(ConsulError) {
    guard work.isTooMuch else { return }
    throw .badRequest(
      "The filter takes too much work: too long a text is searched in too many records; ask with ==")
  }
}

/// What the searches of one request have cost so far.
///
/// A search for a pattern takes at most the product of the sizes of pattern and text; but a request may ask for it
/// in thousands of records, and two such requests would keep both of a small machine's processors busy for minutes.
final class FilterWork: Sendable {
  /// Bytes of texts, times the instructions of a pattern that each met; a good second's worth.
  private let most: Int
  private let done = Atomic<Int>(0)

  init(most: Int = 50_000_000) {
    self.most = most
  }

  var isTooMuch: Bool { done.load(ordering: .relaxed) > most }

  /// Whether the text occurs in the other; false when there has been too much work already.
  func search(_ text: String, for part: String) -> Bool {
    guard !isTooMuch else { return false }
    done.add(text.utf8.count, ordering: .relaxed)
    return part.isEmpty || text.contains(part)
  }

  /// Whether the pattern occurs in the text; false when there has been too much work already.
  func search(_ text: String, for pattern: Pattern) -> Bool {
    guard !isTooMuch else { return false }
    var steps = 0
    defer { done.add(steps, ordering: .relaxed) }
    return pattern.occurs(in: text, steps: &steps)
  }
}
