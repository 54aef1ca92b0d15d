import WeftProtobuf

/// Messages on the wire and in JSON, and the descriptors that say what they are.
enum MessageFuzz {
  private static let pool: DescriptorPool = {
    let text = Array(testDescriptorSet.utf8)
    let bytes = text.withUnsafeBufferPointer { Base64.decode($0) } ?? []
    do {
      return try DescriptorPool(fileDescriptorSet: bytes)
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private static let types: [MessageDescriptor] = [
    "weft.test.Scalars", "weft.test.Lists", "weft.test.Maps", "weft.test.Choice", "weft.test.Presence",
    "weft.test.WellKnown", "weft.test.Tree", "weft.test2.Old",
  ].compactMap { pool.message(named: $0) }

  /// The first byte chooses the type.
  private static func message(_ bytes: UnsafeRawBufferPointer) -> (DynamicMessage, UnsafeRawBufferPointer)? {
    guard let first = bytes.first else { return nil }
    let type = types[Int(first) % types.count]
    return (DynamicMessage(type, pool: pool), UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
  }

  static func wire(_ bytes: UnsafeRawBufferPointer) throws {
    guard let (message, rest) = message(bytes), (try? message.merge(serialized: rest)) != nil else { return }
    let written = try message.serialized()
    let again = DynamicMessage(message.descriptor, pool: pool)
    try again.merge(serialized: written)
    try FuzzFailure.unless(again.serialized() == written, "a message changed on the wire")
    _ = try? message.json()
  }

  static func json(_ bytes: UnsafeRawBufferPointer) throws {
    guard let (message, rest) = message(bytes), (try? message.merge(json: rest)) != nil else { return }
    let written = try message.json()
    let again = DynamicMessage(message.descriptor, pool: pool)
    try again.merge(json: written)
    try FuzzFailure.unless(again.serialized() == message.serialized(), "a message changed in JSON")
  }

  static func descriptors(_ bytes: UnsafeRawBufferPointer) throws {
    guard let pool = try? DescriptorPool(fileDescriptorSet: Array(bytes)) else { return }
    // What links can be told to others, who can link it as well.
    _ = try DescriptorPool(fileDescriptorSet: pool.fileDescriptorSet())
  }
}
