/// A message with a Swift type of its own, made by `protoc-gen-weft-swift`: a value, safe to send between tasks.
///
/// Encoding fills a protobuf-c struct in the thread's arena and packs that; decoding unpacks into such a struct,
/// whose strings still point into the input, and copies from it once.
public protocol Message: Sendable, Hashable {
  init()

  static var messageDescriptor: MessageDescriptor { get }

  /// Copies out of the C struct of this type, which the decoder has checked.
  init(unsafeCMessage message: UnsafeRawPointer)

  /// Writes the fields into a zeroed C struct of this type.
  func fill(unsafeCMessage message: UnsafeMutableRawPointer, arena: ArenaReference) throws

  /// Fields that this version of the type does not know. They are kept, and written again.
  var unknownFields: UnknownFields { get set }
}

extension Message {
  /// Decodes wire bytes.
  /// - Throws: ``DecodingError``.
  public init(serialized bytes: UnsafeRawBufferPointer, limits: DecodingLimits = .default) throws {
    let tables = Self.messageDescriptor.tables
    let arena = try ArenaReference.acquire(cap: limits.maxArenaBytes)
    defer { arena.release() }
    let message = try arena.message(tables)
    try arena.merge(bytes, into: message, limits: limits)
    self.init(unsafeCMessage: UnsafeRawPointer(message))
  }

  /// Decodes wire bytes.
  /// - Throws: ``DecodingError``.
  public init(serialized bytes: [UInt8], limits: DecodingLimits = .default) throws {
    self = try bytes.withUnsafeBytes { try Self(serialized: $0, limits: limits) }
  }

  /// The wire bytes.
  /// - Throws: ``EncodingError``, when the message is too large or too deep for protobuf.
  public func serialized() throws -> [UInt8] {
    try serialize { Array($0) }
  }

  /// Encodes, and lends the bytes to `body`: they lie in the thread's arena, so nothing else is allocated.
  public func serialize<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let arena = try ArenaReference.acquire(cap: .max)
    defer { arena.release() }
    let message = try arena.message(Self.messageDescriptor.tables)
    try fill(unsafeCMessage: message, arena: arena)
    return try body(arena.pack(message))
  }

  /// `google.protobuf.Timestamp` and the like.
  public static var fullName: String { messageDescriptor.fullName }
}
