import Synchronization

/// A name for work, as a number that can be told to another thread with one store.
package struct LoopLabel: Sendable {
  let number: Int

  private static let names = Mutex<(all: [String], numbers: [String: Int])>((["unknown"], [:]))

  /// - Parameter name: the process keeps it; use few different ones.
  package init(_ name: String) {
    number = Self.names.withLock { names in
      if let known = names.numbers[name] { return known }
      let number = names.all.count
      names.all.append(name)
      names.numbers[name] = number
      return number
    }
  }

  /// - Parameter number: 0 for work without a name.
  static func name(_ number: Int) -> String? {
    names.withLock { names in number > 0 && names.all.indices.contains(number) ? names.all[number] : nil }
  }
}
