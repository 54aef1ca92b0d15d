import Synchronization

/// The place in a ``MessageDescriptor`` for the tables that encoding and decoding need, made on first use.
final class CodecSlot: Sendable {
  private let reference = AtomicLazyReference<MessageCodec>()

  var codec: MessageCodec? { reference.load() }

  func publish(_ codec: MessageCodec) { _ = reference.storeIfNil(codec) }
}

extension MessageDescriptor {
  /// The tables of this type. They live as long as the descriptor.
  var tables: MessageCodec { codec.codec ?? MessageCodec.build(self) }
}
