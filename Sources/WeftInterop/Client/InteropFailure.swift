/// A case that did not go as gRPC's description wants it.
public struct InteropFailure: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Fails the case unless two values are equal.
func expect<Value: Equatable>(_ value: Value, _ expected: Value, _ what: String) throws {
  if value != expected { throw InteropFailure("\(what) is \(value), not \(expected)") }
}
