internal import CProtobufC
import Synchronization

/// The place in a ``MessageDescriptor`` for the tables that encoding and decoding need, made on first use.
///
/// Every call that encodes or decodes passes here, so it is one atomic load of a pointer, without reference counts.
final class CodecSlot: Sendable {
  /// Address of the C descriptor; 0 until it is made.
  private let address = Atomic<UInt>(0)

  var table: UnsafePointer<ProtobufCMessageDescriptor>? {
    UnsafePointer(bitPattern: address.load(ordering: .acquiring))
  }

  var codec: MessageCodec? { table.map { MessageCodec.of($0) } }

  /// Called once, with the lock of `MessageCodec.build` held. The slot owns the codec from then on.
  func publish(_ codec: MessageCodec) {
    _ = Unmanaged.passRetained(codec)
    address.store(UInt(bitPattern: codec.table), ordering: .releasing)
  }

  deinit {
    if let codec { Unmanaged.passUnretained(codec).release() }
  }
}

extension MessageDescriptor {
  /// The tables of this type. They live as long as the descriptor.
  var tables: MessageCodec { codec.codec ?? MessageCodec.build(self) }

  /// The C descriptor of this type.
  var table: UnsafePointer<ProtobufCMessageDescriptor> {
    codec.table ?? UnsafePointer(MessageCodec.build(self).table)
  }
}
