/// Input that no Swift can be generated from, or options that make no sense.
public struct GenerationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
