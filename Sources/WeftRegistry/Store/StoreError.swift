/// Why the store could not do its work, in terms that do not depend on which store it is.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// No space left. Reads still work.
    case full
    /// The file or its file system takes no writes. Reads still work.
    case readOnly
    /// The data is damaged.
    case corrupt
    /// Written by a newer release.
    case unsupportedSchema
    /// Another process writes to the same store.
    case conflict
    /// Anything else: input/output errors, locks, a closed store.
    case failed
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
