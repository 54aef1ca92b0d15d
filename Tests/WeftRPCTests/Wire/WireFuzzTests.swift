import Foundation
import NIOCore
import Testing

@testable import WeftRPC

/// Decoders of what peers send: whatever comes, they answer, and what they wrote they read again.
@Suite struct WireFuzzTests {
  /// Feeds bytes in parts of random size.
  private func feed(
    _ bytes: [UInt8], _ assembler: inout MessageAssembler, _ generator: inout SeededRandom
  ) throws -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Int.random(in: 1...9, using: &generator)))
      rest = rest.dropFirst(part.count)
      try part.withUnsafeBytes { part in
        try assembler.feed(part) { message, _ in messages.append(Array(message.readableBytesView)) }
      }
    }
    return messages
  }

  @Test func messagesComeOutAsTheyWentInHoweverTheyAreCut() throws {
    try fuzz(500) { generator in
      let messages = (0..<Int.random(in: 0...5, using: &generator)).map { _ in generator.bytes(upTo: 30) }
      let bytes = messages.flatMap { Array(ByteBuffer(framing: ByteBuffer(bytes: $0)).readableBytesView) }
      var assembler = MessageAssembler(maxMessageBytes: 30)
      #expect(try feed(bytes, &assembler, &generator) == messages)
      try assembler.finish()
      #expect(assembler.pendingBytes == 0)
    }
  }

  @Test func randomBytesNeverMakeAMessageOverTheLimit() throws {
    fuzz(2000) { generator in
      var bytes = generator.bytes(upTo: 60)
      // Often something that is nearly a message.
      if Bool.random(using: &generator), bytes.count > 4 { bytes.replaceSubrange(0..<4, with: [0, 0, 0, 0]) }
      var assembler = MessageAssembler(maxMessageBytes: 20)
      let messages = (try? feed(bytes, &assembler, &generator)) ?? []
      #expect(messages.allSatisfy { $0.count <= 20 })
      #expect(assembler.pendingBytes <= 25)
    }
  }

  @Test func timeoutsAreReadOrRefused() {
    fuzz(5000) { generator in
      let alphabet = Array("0123456789HMSmun-+. x\u{e9}")
      let text = String(
        (0..<Int.random(in: 0...11, using: &generator)).compactMap { _ in
          alphabet.randomElement(using: &generator)
        })
      if let timeout = GRPCTimeout.parse(text) { #expect(timeout >= .zero) }
    }
  }

  @Test func timeoutIsNeverToldTooShort() {
    fuzz(5000) { generator in
      let scale = Int64.random(in: 0...60, using: &generator)
      let duration = Duration.nanoseconds(Int64.random(in: 0...(1 << scale), using: &generator))
      let text = GRPCTimeout.format(duration)
      let back = GRPCTimeout.parse(text)
      #expect((back ?? .zero) >= duration, "\(duration) as \(text)")
      #expect((back ?? .zero) <= duration + duration / 1000 + .milliseconds(1), "\(duration) as \(text)")
    }
  }

  @Test func statusMessagesSurviveTheirEncoding() {
    fuzz(2000) { generator in
      let text = String(decoding: generator.bytes(upTo: 40), as: UTF8.self)
      let encoded = GRPCMessageText.encode(text)
      #expect(encoded.utf8.allSatisfy { (0x20...0x7e).contains($0) })
      #expect(GRPCMessageText.decode(encoded) == text)
      // What nobody encoded is taken as it is.
      _ = GRPCMessageText.decode(text)
    }
  }

  @Test func brokenPercentSignsStay() {
    for text in ["%", "%4", "%zz", "a%2", "%%41"] {
      #expect(GRPCMessageText.decode(text) == text.replacingOccurrences(of: "%41", with: "A"))
    }
  }

  @Test func longStatusMessageIsCutBetweenCharacters() {
    let text = String(repeating: "\u{674e}", count: 3000)
    let decoded = GRPCMessageText.decode(GRPCMessageText.encode(text))
    #expect(decoded.utf8.count <= GRPCMessageText.maxBytes)
    #expect(text.hasPrefix(decoded))
  }

  @Test func endlessTimeoutIsServed() async throws {
    let service = EchoService(unary: { _, context in Text(context.deadline == nil ? "none" : "some") })
    try await withEcho(service) { channel in
      let reply = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(timeout: .seconds(Int64.max / 4)))
      #expect(reply.value == "some")
    }
  }
}
