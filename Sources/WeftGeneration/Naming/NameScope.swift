/// Hands out names that differ from each other and from the reserved ones.
///
/// The same requests in the same order get the same names, so that generated code does not change from
/// run to run.
struct NameScope {
  private var taken: Set<String>

  init(reserved: Set<String> = []) { taken = reserved }

  /// `wanted` itself, or `wanted_`, `wanted_2`, `wanted_3` and so on.
  mutating func take(_ wanted: String) -> String {
    var candidate = wanted
    var count = 1
    while !taken.insert(candidate).inserted {
      candidate = count == 1 ? "\(wanted)_" : "\(wanted)_\(count)"
      count += 1
    }
    return candidate
  }
}
