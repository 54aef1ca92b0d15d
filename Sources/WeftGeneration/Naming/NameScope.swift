/// Hands out names that differ from each other, from the reserved ones, and from those that others have.
///
/// The same requests in the same order get the same names, so that generated code does not change from
/// run to run.
struct NameScope {
  private var taken: Set<String>
  /// Whether a name means something else where this scope lies.
  private let isForeign: (String) -> Bool

  init(reserved: Set<String> = [], isForeign: @escaping (String) -> Bool = { _ in false }) {
    taken = reserved
    self.isForeign = isForeign
  }

  /// `wanted` itself, or `wanted_`, `wanted_2`, `wanted_3` and so on.
  mutating func take(_ wanted: String) -> String {
    var candidate = wanted
    var count = 1
    while isForeign(candidate) || !taken.insert(candidate).inserted {
      candidate = count == 1 ? "\(wanted)_" : "\(wanted)_\(count)"
      count += 1
    }
    return candidate
  }
}
