import Testing

@testable import WeftProtobuf

/// Damaged input in every run, always the same: it must be refused with an error, or read into something that can be
/// written again. Crashes and endless loops are what this looks for; run it under the sanitizers too.
@Suite struct FuzzTests {
  private static let rounds = 4000

  private static let messages: [(type: String, json: String)] = [
    (
      "test.Scalars",
      #"{"aDouble":1.5,"aFloat":-0,"anInt32":-3,"anInt64":"99","aBool":true,"aString":"h\u00e9 世","someBytes":"AP8=","aColour":"COLOUR_RED"}"#
    ),
    (
      "test.Lists",
      #"{"doubles":[1,-2.5e-3],"int32s":[1,2,300],"sint64s":["-1"],"bools":[true],"strings":["a",""],"colours":["COLOUR_RED",9],"messages":[{},{"aBool":true}],"unpacked":[1,2]}"#
    ),
    (
      "test.Maps",
      #"{"counts":{"a":1,"b":2},"messages":{"1":{"aBool":true},"-2":{}},"flags":{"true":"x"},"colours":{"7":"COLOUR_GREEN"}}"#
    ),
    (
      "test.Choice",
      #"{"before":"x","tree":{"left":{"name":"l"},"children":[{},{}],"named":{"k":{}}},"weight":0}"#
    ),
    ("test.Presence", #"{"number":0,"text":"","scalars":{"anInt32":1},"two":"AA=="}"#),
    (
      "test.WellKnown",
      #"{"any":{"@type":"x/weft.test.Tree","name":"n"},"time":"2024-02-29T12:00:00.5Z","duration":"-1.5s","mask":"a,bC","structure":{"a":[1,null,{"b":"c"}]},"value":[true],"anInt32":5,"values":[1,null],"mapped":{"x":{}}}"#
    ),
    ("test2.Old", #"{"must":1,"closed":"TWO","list":["ONE"],"map":{"a":"TEN"},"child":{"must":2}}"#),
  ]

  @Test(arguments: messages.indices)
  func damagedBytesAreRefusedOrReadable(index: Int) throws {
    let (type, json) = Self.messages[index]
    let good = try TestPool.decodeJSON(type, json).serialized()
    let interesting: [UInt8] = [0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 0x0B, 0x13, 0x14, 0x7F, 0x80, 0xFE, 0xFF]
    var random = SeededRandom(seed: 0x5EED + UInt64(index))
    var corpus = [good]
    for _ in 0..<Self.rounds {
      let seed = corpus.randomElement(using: &random) ?? good
      let bytes = random.mutate(seed, with: interesting)
      guard let message = try? TestPool.decode(type, bytes) else { continue }
      // What was read comes back the same from its own encoding.
      let written = try message.serialized()
      #expect(try TestPool.decode(type, written).serialized() == written)
      _ = try? message.json()
      if corpus.count < 64 && bytes.count < 4 * good.count { corpus.append(bytes) }
    }
  }

  @Test(arguments: messages.indices)
  func damagedJSONIsRefusedOrReadable(index: Int) throws {
    let (type, json) = Self.messages[index]
    let good = Array(json.utf8)
    let interesting = Array(#"{}[]",:\ue0123456789-+.tfn@/ "#.utf8) + [0, 9, 10, 0x80, 0xC3, 0xED, 0xFF]
    var random = SeededRandom(seed: 0xFEED + UInt64(index))
    var corpus = [good]
    for round in 0..<Self.rounds {
      let seed = corpus.randomElement(using: &random) ?? good
      let text = random.mutate(seed, with: interesting)
      let message = try TestPool.new(type)
      let options = JSONDecodingOptions(ignoreUnknownFields: round % 2 == 0)
      do {
        try message.merge(json: text, options: options)
      } catch is JSONDecodingError {
        continue
      }
      // Whatever JSON can say, the message can say in JSON and on the wire.
      let written = try message.json()
      let again = try TestPool.new(type)
      try again.merge(json: written)
      #expect(try again.serialized() == message.serialized())
      if corpus.count < 64 && text.count < 4 * good.count { corpus.append(text) }
    }
  }

  @Test func typedMessagesReadDamagedBytes() throws {
    let good = TestPool.shared.fileDescriptorSet()
    var random = SeededRandom(seed: 0xD0_0D)
    for _ in 0..<200 {
      let bytes = random.mutate(good, with: [0, 1, 0x0A, 0x7F, 0x80, 0xFF])
      guard let message = try? Google_Protobuf_FileDescriptorSet(serialized: bytes) else { continue }
      let written = try message.serialized()
      #expect(try Google_Protobuf_FileDescriptorSet(serialized: written) == message)
    }
  }
}
