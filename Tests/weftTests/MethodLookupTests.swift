import Testing
import WeftConfigService
import WeftProtobuf
import WeftRPC

@testable import weft

@Suite struct MethodLookupTests {
  let types = ConfigHandler.file.pool

  @Test(
    arguments: [
      "GetConfig", "ConfigService/GetConfig", "ConfigService.GetConfig",
      "weft.config.v1.ConfigService/GetConfig",
      "/weft.config.v1.ConfigService/GetConfig", "weft.config.v1.ConfigService.GetConfig",
    ])
  func aMethodIsFoundByAnyOfItsNames(name: String) throws {
    #expect(try MethodLookup.find(name, in: types).path == "/weft.config.v1.ConfigService/GetConfig")
  }

  @Test(arguments: ["", "/", "getconfig", "Config", "Service/GetConfig", "v1.GetConfig"])
  func anythingElseIsRefusedWithWhatThereIs(name: String) {
    let error = #expect(throws: Failure.self) { try MethodLookup.find(name, in: types) }
    #expect(error?.description.contains("weft.config.v1.ConfigService/GetConfig") == true)
  }
}
