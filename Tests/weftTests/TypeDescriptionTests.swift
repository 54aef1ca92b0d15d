import Testing
import WeftConfigService
import WeftProtobuf
import WeftRPC

@testable import weft

@Suite struct TypeDescriptionTests {
  let types = ConfigHandler.file.pool

  @Test func aListHasEachServiceWithItsMethods() {
    let lines = TypeDescription.list(types)
    #expect(lines.first == "weft.config.v1.ConfigService")
    #expect(
      lines.contains(
        "  WatchConfig(weft.config.v1.WatchConfigRequest) returns (stream weft.config.v1.Config)"))
  }

  @Test func aDescriptionHasTheMethodItsPathsAndItsMessages() throws {
    let method = try MethodLookup.find("PutConfig", in: types)
    let lines = TypeDescription.describe(method)
    #expect(lines.contains("  PUT /v1/config/{service}/{environment} (body: *)"))
    #expect(lines.contains("message weft.config.v1.PutConfigRequest {"))
    #expect(lines.contains("  optional uint32 expected_version = 5;"))
    #expect(lines.contains("message weft.config.v1.Config {"))
    #expect(!lines.contains { $0.hasPrefix("message google.protobuf") })
  }

  @Test func columnsLineUpWithoutBlanksAtTheEnd() {
    let lines = TextTable.lines([["A", "BB", "C"], ["aaa", "b", "c"]], indent: "  ")
    #expect(lines == ["  A    BB  C", "  aaa  b   c"])
  }
}
