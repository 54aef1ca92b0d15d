import Synchronization

/// The place in a ``MessageDescriptor`` for the tables that encoding and decoding need, made on first use.
final class CodecSlot: Sendable {
  private let pointer = Atomic<UnsafeRawPointer?>(nil)

  var codec: MessageCodec? {
    guard let pointer = pointer.load(ordering: .acquiring) else { return nil }
    return Unmanaged<MessageCodec>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Only called with the builder's lock held, once.
  func publish(_ codec: MessageCodec) {
    pointer.store(UnsafeRawPointer(Unmanaged.passRetained(codec).toOpaque()), ordering: .releasing)
  }

  deinit {
    if let pointer = pointer.load(ordering: .acquiring) { Unmanaged<MessageCodec>.fromOpaque(pointer).release() }
  }
}

extension MessageDescriptor {
  /// The tables of this type. They live as long as the descriptor.
  var tables: MessageCodec { codec.codec ?? MessageCodec.build(self) }
}
