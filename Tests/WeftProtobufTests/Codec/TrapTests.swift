import CProtobufC
import CWeftTestMessages
import Testing

@testable import WeftProtobuf

/// What libprotobuf-c gets wrong on bytes from a network, and that Weft does not: DESIGN.md beside the codec has the
/// table. Each test shows both.
@Suite struct TrapTests {
  // MARK: Depth

  @Test func nestingIsLimited() throws {
    let deep = Wire.nested(1, depth: 200)
    #expect(try Stock.accepts("stock.Tree", deep), "libprotobuf-c has a limit now")
    #expect(try decodingError("test.Tree", deep).reason == .tooDeep)
    _ = try TestPool.decode("test.Tree", Wire.nested(1, depth: 100))
    #expect(try decodingError("test.Tree", Wire.nested(1, depth: 101)).reason == .tooDeep)
  }

  @Test func smallInputDoesNotOverflowTheStack() throws {
    let deep = Wire.nested(1, depth: 10_000)
    let type = try Stock.type("stock.Tree")
    #expect(weft_test_stock_unpack_in_child(type, deep, deep.count, 512 << 10) != 0)
    #expect(try decodingError("test.Tree", deep).reason == .tooDeep)
  }

  // MARK: Merging

  @Test func repeatedSingularMessageIsMerged() throws {
    let first = Wire.bytes(3, Wire.int(3, 1) + Wire.string(14, "a"))
    let second = Wire.bytes(3, Wire.int(4, 2) + Wire.string(14, "b"))
    let json = try TestPool.json("test.Choice", Wire.string(1, "x") + first.withTag(4) + second.withTag(4))
    #expect(json == #"{"before":"x","scalars":{"anInt32":1,"anInt64":"2","aString":"b"}}"#)
  }

  @Test func mergingKeepsWhatOnlyTheFirstPieceHas() throws {
    // left { left { name: "deep" } } and then left { name: "top" }.
    let bytes = Wire.bytes(1, Wire.bytes(1, Wire.string(3, "deep"))) + Wire.bytes(1, Wire.string(3, "top"))
    #expect(try TestPool.json("test.Tree", bytes) == #"{"left":{"left":{"name":"deep"},"name":"top"}}"#)
  }

  @Test func unsetOneofInBothPiecesIsAccepted() throws {
    let piece = Wire.bytes(6, Wire.bytes(1, []))
    let nested = piece + piece
    // Field 6 of Choice is a Tree; Presence has an unset oneof on both sides.
    let presence = Wire.bytes(5, Wire.int(3, 1))
    #expect(try TestPool.json("test.Choice", nested) == #"{"tree":{"left":{}}}"#)
    #expect(try TestPool.json("test.Presence", presence + presence) == #"{"scalars":{"anInt32":1}}"#)
  }

  @Test func mergingTakesTimeInProportionToTheInput() throws {
    // Every piece adds one child; copying what is there each time would be quadratic in memory too.
    let piece = Wire.bytes(1, Wire.bytes(4, []))
    let bytes = Array(repeatElement(piece, count: 20_000).joined())
    let message = try TestPool.decode("test.Tree", bytes)
    #expect(message.arena.used < bytes.count * 60)
    let stockSteps = try stockAllocation(bytes: Array(bytes.prefix(piece.count * 500)))
    #expect(stockSteps > piece.count * 500 * 100, "libprotobuf-c merges in linear space now")
  }

  /// Bytes that libprotobuf-c allocates while it decodes.
  private func stockAllocation(bytes: [UInt8]) throws -> Int {
    var total = 0
    try withUnsafeMutablePointer(to: &total) { total in
      var allocator = ProtobufCAllocator(
        alloc: { data, size in
          data?.assumingMemoryBound(to: Int.self).pointee += size
          return UnsafeMutableRawPointer.allocate(byteCount: max(1, size), alignment: 16)
        },
        free: { _, pointer in pointer?.deallocate() }, allocator_data: UnsafeMutableRawPointer(total))
      if let message = protobuf_c_message_unpack(try Stock.type("stock.Tree"), &allocator, bytes.count, bytes)
      {
        protobuf_c_message_free_unpacked(message, &allocator)
      }
    }
    return total
  }

  // MARK: Memory

  @Test func memoryIsCapped() throws {
    let bytes = Array(repeatElement(Wire.bytes(4, []), count: 100_000).joined())
    let limits = DecodingLimits(maxArenaBytes: 1 << 20)
    let error = try decodingError("test.Tree", bytes, limits: limits)
    #expect(error.reason == .tooMuchMemory)
    #expect(error.path == "children")
    #expect(try Stock.accepts("stock.Tree", bytes), "libprotobuf-c has a cap now")
  }

  // MARK: Strings

  @Test func embeddedNULDoesNotTruncate() throws {
    let bytes = Wire.bytes(14, [0x61, 0, 0x62])
    #expect(try TestPool.roundTrip("test.Scalars", bytes) == bytes)
    let stock = try #require(try Stock.decode("stock.Scalars", bytes))
    #expect(stock.serialized != bytes, "libprotobuf-c keeps NUL now")
  }

  @Test(
    arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xBD]] as [[UInt8]]
  )
  func stringsAreUTF8(content: [UInt8]) throws {
    let bytes = Wire.bytes(14, content)
    let error = try decodingError("test.Scalars", bytes)
    #expect(error.reason == .badUTF8)
    #expect(error.path == "a_string")
    #expect(error.byteOffset == 2)
    #expect(try Stock.accepts("stock.Scalars", bytes), "libprotobuf-c checks UTF-8 now")
    // Bytes may hold anything.
    _ = try TestPool.decode("test.Scalars", Wire.bytes(15, content))
  }

  // MARK: Values

  @Test func negativeZeroIsKept() throws {
    let double = Wire.fixed64(1, (-0.0 as Double).bitPattern)
    let float = Wire.fixed32(2, (-0.0 as Float).bitPattern)
    #expect(try TestPool.roundTrip("test.Scalars", double + float) == double + float)
    let stock = try #require(try Stock.decode("stock.Scalars", double + float))
    #expect(stock.serialized.isEmpty, "libprotobuf-c keeps -0.0 now")
    // Plain zero is the default, and not written.
    #expect(try TestPool.roundTrip("test.Scalars", Wire.fixed64(1, 0)).isEmpty)
  }

  @Test func lastMapEntryWins() throws {
    let bytes =
      Wire.bytes(1, Wire.string(1, "a") + Wire.int(2, 1))
      + Wire.bytes(1, Wire.string(1, "b") + Wire.int(2, 2))
      + Wire.bytes(1, Wire.string(1, "a") + Wire.int(2, 3))
    #expect(try TestPool.json("test.Maps", bytes) == #"{"counts":{"a":3,"b":2}}"#)
    let stock = try #require(try Stock.decode("stock.Maps", bytes))
    #expect(
      stock.read(as: Weft__Stock__Maps.self) { $0.n_counts } == 3, "libprotobuf-c removes duplicates now")
  }

  @Test func unsetMapValueIsEmpty() throws {
    let bytes = Wire.bytes(2, Wire.int(1, 7))
    #expect(try TestPool.json("test.Maps", bytes) == #"{"messages":{"7":{}}}"#)
    let stock = try #require(try Stock.decode("stock.Maps", bytes))
    let value = stock.read(as: Weft__Stock__Maps.self) { $0.messages?[0]?.pointee.value }
    #expect(value == nil, "libprotobuf-c makes a message now")
  }

  @Test func emptyMessageInOneofIsKept() throws {
    let message = try TestPool.decodeJSON("test.Choice", #"{"scalars":{}}"#)
    #expect(try message.serialized() == Wire.bytes(4, []))
    var choice = Weft__Stock__Choice()
    weft__stock__choice__init(&choice)
    choice.kind_case = WEFT__STOCK__CHOICE__KIND_SCALARS
    let size = weft__stock__choice__get_packed_size(&choice)
    #expect(size == 0, "libprotobuf-c writes a member that is NULL now")
  }

  // MARK: Unknown fields

  @Test func unknownGroupsAreKept() throws {
    let bytes = Wire.group(50, Wire.int(1, 5) + Wire.group(2, Wire.string(3, "x"))) + Wire.int(3, 9)
    #expect(try TestPool.json("test.Scalars", bytes) == #"{"anInt32":9}"#)
    #expect(try TestPool.roundTrip("test.Scalars", bytes).count == bytes.count)
    #expect(try !Stock.accepts("stock.Scalars", bytes), "libprotobuf-c accepts groups now")
  }

  @Test func wrongWireTypesAreUnknownFields() throws {
    let bytes = Wire.string(3, "not a number") + Wire.fixed32(14, 1) + Wire.int(3, 4)
    let message = try TestPool.decode("test.Scalars", bytes)
    #expect(String(decoding: try message.json(), as: UTF8.self) == #"{"anInt32":4}"#)
    #expect(try message.serialized() == Wire.int(3, 4) + Wire.string(3, "not a number") + Wire.fixed32(14, 1))
    #expect(try !Stock.accepts("stock.Scalars", bytes), "libprotobuf-c accepts other wire types now")
  }

  @Test(arguments: [[0x00, 0x01], [0x80, 0x00, 0x01], [0x80, 0x80, 0x80, 0x80, 0x10, 0x01]] as [[UInt8]])
  func fieldNumberZeroIsRefused(bytes: [UInt8]) throws {
    #expect(try decodingError("test.Scalars", bytes).reason == .badFieldNumber)
  }

  @Test func stockAcceptsFieldNumberZeroWhenItsTagIsOverlong() throws {
    #expect(try Stock.accepts("stock.Scalars", [0x80, 0x00, 0x01]), "libprotobuf-c refuses it now")
  }
}

extension [UInt8] {
  /// The same length-delimited field under another number below 16.
  fileprivate func withTag(_ number: UInt8) -> [UInt8] { [number << 3 | 2] + dropFirst() }
}
