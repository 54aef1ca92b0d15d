import NIOCore
import Testing

@testable import WeftRPC

@Suite struct MessageEncodingTests {
  private static let packing: [MessageEncoding] = [.gzip, .deflate]

  private func unpack(
    _ framed: ByteBuffer, _ encoding: MessageEncoding, limit: Int = 1 << 20
  ) throws -> [UInt8] {
    var assembler = MessageAssembler(maxMessageBytes: 1 << 20)
    var messages: [ReceivedMessage] = []
    try framed.withUnsafeReadableBytes { bytes in
      try assembler.feed(bytes) { bytes, isCompressed in
        messages.append(
          try ReceivedMessage(
            bytes, isCompressed: isCompressed, head: ["grpc-encoding": encoding.rawValue], limit: limit))
      }
    }
    try assembler.finish()
    #expect(messages.count == 1)
    return try messages.first.map { Array(try $0.unpacked().readableBytesView) } ?? []
  }

  @Test(arguments: packing, [2, 100, 10_000, 500_000])
  func messageSurvivesPacking(_ encoding: MessageEncoding, _ count: Int) throws {
    let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let framed = encoding.framing(ByteBuffer(bytes: message))
    #expect(framed.readableBytes <= count + 5)
    #expect(try unpack(framed, encoding) == message)
  }

  @Test(arguments: packing)
  func messageThatWouldNotShrinkGoesAsItIs(_ encoding: MessageEncoding) throws {
    for message in [[], [1], [1, 2, 3], (0..<4096).map { _ in UInt8.random(in: 0...255) }] {
      let framed = encoding.framing(ByteBuffer(bytes: message))
      #expect(framed.getInteger(at: 0, as: UInt8.self) == 0)
      #expect(try unpack(framed, encoding) == message)
    }
  }

  @Test(arguments: packing)
  func messageMayBeExactlyAsLargeAsTheLimit(_ encoding: MessageEncoding) throws {
    let framed = encoding.framing(ByteBuffer(repeating: 7, count: 100_000))
    let message = try unpack(framed, encoding, limit: 100_000)
    #expect(message.count == 100_000)
    #expect(throws: RPCError.self) { try unpack(framed, encoding, limit: 99_999) }
  }

  @Test(arguments: packing)
  func bombStopsAtTheLimit(_ encoding: MessageEncoding) throws {
    let framed = encoding.framing(ByteBuffer(repeating: 0, count: 64 << 20))
    #expect(framed.readableBytes < 100_000)
    let error = #expect(throws: RPCError.self) { try unpack(framed, encoding, limit: 4096) }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message.contains("4096") == true)
  }

  @Test(arguments: packing)
  func brokenBytesAreAnError(_ encoding: MessageEncoding) throws {
    let framed = Array(
      encoding.framing(ByteBuffer(bytes: (0..<3000).map { UInt8(truncatingIfNeeded: $0 / 9) }))
        .readableBytesView)
    let payload = Array(framed.dropFirst(5))
    let cases: [[UInt8]] = [
      [], Array(payload.dropLast()), Array(payload.prefix(3)), payload + [0], payload.reversed(),
      Array("not packed at all".utf8),
    ]
    for bytes in cases {
      let message = try ReceivedMessage(
        ByteBuffer(bytes: bytes), isCompressed: true, head: ["grpc-encoding": encoding.rawValue],
        limit: 1 << 20)
      let error = #expect(throws: RPCError.self) { try message.unpacked() }
      #expect(error?.code == .internalError)
    }
    // The streams that met broken bytes serve the next message all the same.
    #expect(try unpack(ByteBuffer(bytes: framed), encoding).count == 3000)
  }

  @Test func randomBytesNeverUnpackToMoreThanTheLimit() throws {
    for _ in 0..<3000 {
      var framed = Array(
        MessageEncoding.gzip.framing(ByteBuffer(repeating: 1, count: 2000)).readableBytesView)
      for _ in 0..<Int.random(in: 1...3) {
        framed[Int.random(in: 5..<framed.count)] = UInt8.random(in: 0...255)
      }
      if let message = try? unpack(ByteBuffer(bytes: framed), .gzip, limit: 2000) {
        #expect(message.count <= 2000)
      }
    }
  }

  @Test(arguments: [
    ("gzip", true), ("identity,gzip", true), ("identity, deflate, gzip", true), ("", false),
    ("gzipped", false),
    ("identity", false), (nil, false),
  ])
  func encodingIsUsedOnlyWhenTheCallerListsIt(_ list: String?, _ isAccepted: Bool) {
    #expect(MessageEncoding.gzip.isAccepted(by: list) == isAccepted)
    #expect(MessageEncoding.identity.isAccepted(by: list))
  }
}
