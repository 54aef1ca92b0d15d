import NIOCore

@testable import WeftRPC

/// What calls carry, and the JSON that says how they are made.
enum CallFuzz {
  private static let limit = 1000

  /// The first byte says how the rest is cut.
  static func frames(_ bytes: UnsafeRawBufferPointer) throws {
    guard let first = bytes.first else { return }
    var assembler = MessageAssembler(maxMessageBytes: limit)
    var rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    var sizes: [Int] = []
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(first) % 40 + 1))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
      let isFed: Void? = try? assembler.feed(part) { message, _ in sizes.append(message.readableBytes) }
      if isFed == nil { break }
    }
    try FuzzFailure.unless(sizes.allSatisfy { $0 <= limit }, "a message over the limit")
    try FuzzFailure.unless(assembler.pendingBytes <= limit + 5, "more is kept than may come")
    for encoding in [MessageEncoding.gzip, .deflate] {
      let inflated = ZlibFormat.of(encoding)?.inflaters.with { try? $0.inflate(bytes, limit: limit) }
      try FuzzFailure.unless((inflated??.readableBytes ?? 0) <= limit, "inflated over the limit")
    }
  }

  static func binaryLog(_ bytes: UnsafeRawBufferPointer) {
    for _ in BinaryLogReader(Array(bytes)) {}
    _ = try? BinaryLogFilter(String(decoding: bytes, as: UTF8.self))
  }

  static func policies(_ bytes: UnsafeRawBufferPointer) {
    _ = try? ServiceConfig(json: String(decoding: bytes, as: UTF8.self))
    _ = try? AuthorizationPolicy(json: Array(bytes))
  }
}
