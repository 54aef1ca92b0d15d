/// Fields that a message brought and its type does not declare: wire bytes with their tags, in the order they came.
public struct UnknownFields: Sendable, Hashable {
  @usableFromInline let storage: [UInt8]

  @inlinable public init() { storage = [] }

  init(bytes: [UInt8]) { storage = bytes }

  @inlinable public var bytes: [UInt8] { storage }

  @inlinable public var isEmpty: Bool { storage.isEmpty }
}
