import CZlib
import Synchronization

/// The frame that zlib puts around deflated bytes, with the streams that read and write it.
final class ZlibFormat: Sendable {
  let deflaters: ZlibPool<Deflater>
  let inflaters: ZlibPool<Inflater>

  private static let gzip = ZlibFormat(windowBits: MAX_WBITS + 16)
  private static let zlib = ZlibFormat(windowBits: MAX_WBITS)

  private init(windowBits: Int32) {
    deflaters = ZlibPool { Deflater(windowBits: windowBits) }
    inflaters = ZlibPool { Inflater(windowBits: windowBits) }
  }

  /// The format of an encoding; nil for identity, which has none.
  static func of(_ encoding: MessageEncoding) -> ZlibFormat? {
    switch encoding {
    case .identity: nil
    case .gzip: gzip
    case .deflate: zlib
    }
  }
}

/// zlib streams between two messages: making one costs more than packing a small message.
final class ZlibPool<Stream: Sendable>: Sendable {
  /// Each deflating stream holds some 256 KiB.
  private static var maxIdle: Int { 4 }

  private let idle = Mutex<[Stream]>([])
  private let make: @Sendable () -> Stream?

  init(_ make: @escaping @Sendable () -> Stream?) {
    self.make = make
  }

  /// - Returns: nil when there is no memory for a stream.
  func with<Result>(_ body: (Stream) throws -> Result) rethrows -> Result? {
    guard let stream = idle.withLock({ $0.popLast() }) ?? make() else { return nil }
    defer {
      idle.withLock { idle in
        if idle.count < Self.maxIdle { idle.append(stream) }
      }
    }
    return try body(stream)
  }
}
