import Testing

@testable import WeftProtobuf

@Suite struct GeneratedFileTests {
  @Test func thePoolHoldsTheFileAndItsImports() throws {
    let file = ProtoFile_codec_wkt_test.file
    #expect(file.pool.files.last?.name == "codec_wkt_test.proto")
    #expect(file.pool.file(named: "google/protobuf/any.proto") != nil)
    #expect(file.message("weft.test.WellKnown") === file.pool.message(named: "weft.test.WellKnown"))
    let again = try DescriptorPool(fileDescriptorSet: file.descriptorSet())
    #expect(again.messages.count == file.pool.messages.count)
  }

  @Test func manyTasksGetTheSameTables() async throws {
    let pool = try DescriptorPool(fileDescriptorSet: ProtoFile_codec_wkt_test.file.descriptorSet())
    let type = try #require(pool.message(named: "weft.test.WellKnown"))
    let seen = await withTaskGroup(of: ObjectIdentifier.self) { group in
      for _ in 0..<32 {
        group.addTask { ObjectIdentifier(type.tables) }
      }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(seen.count == 1)
  }
}
