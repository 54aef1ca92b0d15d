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
  @inlinable
  public init(serialized bytes: UnsafeRawBufferPointer, limits: DecodingLimits = .default) throws {
    let decoded = try DecodedStruct(bytes, as: Self.messageDescriptor, limits)
    defer { decoded.release() }
    self.init(unsafeCMessage: decoded.message)
  }

  /// Decodes wire bytes.
  /// - Throws: ``DecodingError``.
  @inlinable
  public init(serialized bytes: [UInt8], limits: DecodingLimits = .default) throws {
    self = try bytes.withUnsafeBytes { try Self(serialized: $0, limits: limits) }
  }

  /// The wire bytes.
  /// - Throws: ``EncodingError``, when the message is too large or too deep for protobuf.
  @inlinable
  public func serialized() throws -> [UInt8] {
    try serialize { Array($0) }
  }

  /// Encodes, and lends the bytes to `body`: they lie in the thread's arena, so nothing else is allocated.
  @inlinable
  public func serialize<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let empty = try EmptyStruct(of: Self.messageDescriptor)
    defer { empty.arena.release() }
    try fill(unsafeCMessage: empty.message, arena: empty.arena)
    return try body(empty.arena.pack(empty.message))
  }

  /// `google.protobuf.Timestamp` and the like.
  public static var fullName: String { messageDescriptor.fullName }
}

/// A decoded struct in an arena, both in use until the arena is released. Its strings lie in the input.
@usableFromInline
struct DecodedStruct {
  @usableFromInline let message: UnsafeRawPointer
  private let arena: ArenaReference

  @usableFromInline
  init(_ bytes: UnsafeRawBufferPointer, as type: MessageDescriptor, _ limits: DecodingLimits) throws {
    guard let arena = ArenaReference.acquire(cap: limits.maxArenaBytes) else {
      throw DecodingError.outOfMemory(type.fullName)
    }
    self.arena = arena
    do {
      guard let message = arena.newMessage(type.table) else { throw DecodingError.outOfMemory(type.fullName) }
      try arena.merge(bytes, into: message, limits: limits)
      self.message = UnsafeRawPointer(message)
    } catch {
      arena.release()
      throw error
    }
  }

  @usableFromInline
  func release() { arena.release() }
}

/// A zeroed struct in an arena, both in use until the arena is released.
@usableFromInline
struct EmptyStruct {
  @usableFromInline let message: UnsafeMutableRawPointer
  @usableFromInline let arena: ArenaReference

  @usableFromInline
  init(of type: MessageDescriptor) throws {
    guard let arena = ArenaReference.acquire(cap: .max) else { throw EncodingError.outOfMemory }
    guard let message = arena.newMessage(type.table) else {
      arena.release()
      throw EncodingError.outOfMemory
    }
    self.arena = arena
    self.message = message
  }
}
