import Testing

@testable import WeftProtobuf

@Suite struct MessageTests {
  @Test func largeNestedMessageComesBackAsItWas() throws {
    let bytes = TestPool.shared.fileDescriptorSet()
    let set = try Google_Protobuf_FileDescriptorSet(serialized: bytes)
    #expect(set.file.map(\.name).contains("codec_test.proto"))
    #expect(try set.serialized() == bytes)
    let again = try Google_Protobuf_FileDescriptorSet(serialized: set.serialized())
    #expect(again == set)
    #expect(again.hashValue == set.hashValue)
  }

  @Test func unknownFieldsAreKept() throws {
    let bytes = Wire.int(1, 5) + Wire.string(99, "later")
    var message = try Google_Protobuf_Timestamp(serialized: bytes)
    #expect(message.seconds == 5)
    #expect(message.unknownFields.bytes == Wire.string(99, "later"))
    #expect(try message.serialized() == bytes)
    message.unknownFields = UnknownFields()
    #expect(try message.serialized() == Wire.int(1, 5))
  }

  @Test func emptyInputIsTheEmptyMessage() throws {
    #expect(try Google_Protobuf_Struct(serialized: []) == Google_Protobuf_Struct())
    #expect(try Google_Protobuf_Struct().serialized() == [])
    #expect(try Google_Protobuf_Struct(serialized: UnsafeRawBufferPointer(start: nil, count: 0)) == .init())
  }

  @Test func decodingErrorsReachTheCaller() throws {
    let error = try #require(throws: WeftProtobuf.DecodingError.self) {
      try Google_Protobuf_Any(serialized: Wire.bytes(1, [0xFF]))
    }
    #expect(error.path == "type_url")
    #expect(error.type == "google.protobuf.Any")
  }

  @Test func limitsAreHonoured() throws {
    let deep = try Google_Protobuf_Value(
      jsonString: String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
    let bytes = try deep.serialized()
    // Every list is two messages.
    #expect(throws: WeftProtobuf.DecodingError.self) { try Google_Protobuf_Value(serialized: bytes) }
    #expect(try Google_Protobuf_Value(serialized: bytes, limits: .init(maxDepth: 200)) == deep)
    #expect(throws: WeftProtobuf.DecodingError.self) {
      try Google_Protobuf_Value(serialized: bytes, limits: .init(maxDepth: 200, maxArenaBytes: 1000))
    }
  }

  @Test func oneThreadMayNestItsUseOfArenas() throws {
    let outer = Google_Protobuf_Timestamp(seconds: 1)
    let inner = Google_Protobuf_Timestamp(seconds: 2)
    let both = try outer.serialize { first in
      try inner.serialize { second in
        (Array(first), Array(second), try Google_Protobuf_Timestamp(serialized: first))
      }
    }
    #expect(both.0 == Wire.int(1, 1))
    #expect(both.1 == Wire.int(1, 2))
    #expect(both.2 == outer)
  }

  @Test func manyTasksMayEncodeAndDecodeAtOnce() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          for round in 0..<200 {
            let message: Google_Protobuf_Struct = [
              "task": .init(Double(task)), "round": .init(Double(round)),
            ]
            guard try Google_Protobuf_Struct(serialized: message.serialized()) == message else {
              return false
            }
            await Task.yield()
          }
          return true
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test func jsonOfTypedMessages() throws {
    let message: Google_Protobuf_Struct = ["a": [1, true, nil, "x"]]
    #expect(try message.jsonString() == #"{"a":[1,true,null,"x"]}"#)
    #expect(try Google_Protobuf_Struct(jsonString: #"{"a":[1,true,null,"x"]}"#) == message)
    let field = try Google_Protobuf_FieldDescriptorProto(
      jsonString: #"{"name":"n","type":"TYPE_INT32","jsonName":"é"}"#)
    #expect(field.name == "n")
    #expect(try field.jsonString() == #"{"name":"n","type":"TYPE_INT32","jsonName":"é"}"#)
  }
}
