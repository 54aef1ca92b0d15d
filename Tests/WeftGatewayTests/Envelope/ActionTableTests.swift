import Testing

@testable import WeftGateway

@Suite("Actions")
struct ActionTableTests {
  private func table(_ methods: String...) throws -> ActionTable {
    var file = TestFile()
    file.methods = methods.map { TestFile.Method(name: $0) }
    return ActionTable(try file.types(named: "x"))
  }

  private func name(_ table: ActionTable, _ action: String) -> String? {
    guard case .route(let route) = table.lookup(action) else { return nil }
    return route.method.name
  }

  @Test(
    "name a method in snake case, camel case or as it is",
    arguments: ["get_config", "getConfig", "GetConfig", "test.Test/GetConfig"])
  func names(action: String) throws {
    #expect(name(try table("GetConfig", "PutConfig"), action) == "GetConfig")
  }

  @Test("that two methods share must be written exactly")
  func ambiguous() throws {
    let table = try table("GetConfig", "Get_Config", "Getconfig")
    guard case .ambiguous(let methods) = table.lookup("get_config") else {
      Issue.record("get_config is ambiguous")
      return
    }
    #expect(methods == ["test.Test/GetConfig", "test.Test/Get_Config", "test.Test/Getconfig"])
    #expect(name(table, "Get_Config") == "Get_Config")
    #expect(name(table, "test.Test/Getconfig") == "Getconfig")
  }

  @Test("that nobody has are unknown", arguments: ["", "drop", "test.Test/", "../GetConfig"])
  func unknown(action: String) throws {
    guard case .unknown = try table("GetConfig").lookup(action) else {
      Issue.record("\(action) is no action")
      return
    }
  }

  @Test(
    "are shown in snake case",
    arguments: [
      ("GetConfig", "get_config"), ("GetHTTPRoute", "get_http_route"), ("Get_It", "get_it"),
      ("ListV2Items", "list_v2_items"), ("x", "x"),
    ])
  func snakeCase(method: String, action: String) {
    #expect(ActionTable.snakeCase(method) == action)
  }
}
