import Foundation
import Logging
import Testing
import WeftRPC

@testable import WeftHost

@Suite final class AuthorizationFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  private func file(_ text: String) throws -> AuthorizationFile {
    let url = folder.appendingPathComponent("policy.yaml")
    try text.write(to: url, atomically: true, encoding: .utf8)
    return AuthorizationFile(path: url.path)
  }

  @Test func aPolicyIsYAMLOrJSON() throws {
    let yaml = try file(
      """
      name: shop
      allow_rules:
        - name: orders
          source: {principals: ["spiffe://weft.internal/service/gateway"]}
          request:
            paths: [/shop.Orders/*]
      """
    ).read()
    let json = try file(
      #"""
      {"name":"shop","allow_rules":[{"name":"orders","request":{"paths":["/shop.Orders/*"]},
       "source":{"principals":["spiffe://weft.internal/service/gateway"]}}]}
      """#
    ).read()
    #expect(yaml == json)
    #expect(yaml.allowRules.first?.paths == ["/shop.Orders/*"])
  }

  @Test func aFileThatCannotBeUsedIsNamedWithTheReason() throws {
    let missing = AuthorizationFile(path: folder.path + "/none.yaml")
    let error = #expect(throws: AuthorizationFileError.self) { try missing.read() }
    #expect(error?.description.contains("/none.yaml: cannot be read") == true)
    let wrong = try file("name: shop\nallow_rules:\n  - name: a\n    paths: [x]\n")
    let mistake = #expect(throws: AuthorizationFileError.self) { try wrong.read() }
    #expect(mistake?.description.contains("allow_rules[0].paths") == true)
  }

  @Test func aFileThatWasBrokenLeavesTheOldPolicy() throws {
    let file = try file("{name: one, allow_rules: [{name: a}]}")
    let authorizer = try file.authorizer(every: .seconds(3600))
    _ = try self.file("{name: two}")
    file.reload(authorizer, Logger(label: "test"))
    #expect(authorizer.policy.name == "one")
  }

  @Test func aChangedFileDecides() async throws {
    let file = try file("{name: one, allow_rules: [{name: a}]}")
    let authorizer = try file.authorizer(every: .milliseconds(1))
    #expect(authorizer.policy.name == "one")
    _ = try self.file("{name: two, allow_rules: [{name: a}]}")
    while authorizer.policy.name != "two" { await Task.yield() }
  }
}
