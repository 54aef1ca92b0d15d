/// Fields that a message brought and its type does not declare: wire bytes with their tags, in the order they came.
public struct UnknownFields: Sendable, Hashable {
  public private(set) var bytes: [UInt8]

  public init() { bytes = [] }

  init(bytes: [UInt8]) { self.bytes = bytes }

  public var isEmpty: Bool { bytes.isEmpty }
}
