import Testing

/// The file `weft-protobuf.json` of a target that uses the SwiftPM plugin.
@Suite struct SettingsTests {
  private let proto = "syntax = \"proto3\"; package a; message M {} service S { rpc Do(M) returns (M); }"

  private func code(_ settings: String) throws -> String {
    let response = try Generation.respond(proto, settings: settings)
    #expect(response.error == nil)
    return try #require(response.files.first).content
  }

  @Test func settingsAreTakenOver() throws {
    #expect(try code("{}").contains("\nnonisolated struct A_M: Message"))
    let code = try code(#"{"visibility": "public", "client": false, "importPaths": ["x"]}"#)
    #expect(code.contains("\npublic nonisolated struct A_M: Message") && code.contains("A_SHandler"))
    #expect(!code.contains("A_SClient"))
  }

  @Test(arguments: [
    (#"{"visibility": "open"}"#, #"s.json: "visibility" must be "internal", "package" or "public""#),
    (#"{"visibility": 1}"#, #"s.json: "visibility" must be "internal", "package" or "public""#),
    (#"{"client": "yes"}"#, #"s.json: "client" must be true or false"#),
    (#"{"modules": {"a/": "b-c"}}"#, #"s.json: "modules" must be an object of paths and modules"#),
    (#"{"modules": []}"#, #"s.json: "modules" must be an object of paths and modules"#),
    (
      #"{"colour": "red"}"#,
      #"s.json: there is no setting "colour", only visibility, client, server, embedComments, useAccessLevelOnImports, modules and importPaths"#
    ),
  ])
  func settingsThatMakeNoSense(settings: String, error: String) throws {
    #expect(try Generation.respond(proto, settings: settings).error == error)
  }

  @Test(arguments: ["", "[]", "{", #"{"client": true, "client": false}"#, "{} {}"])
  func filesThatHoldNoSettings(settings: String) throws {
    let error = try #require(try Generation.respond(proto, settings: settings).error)
    #expect(error.hasPrefix("s.json: "))
  }

  @Test func aFileThatIsNotThere() throws {
    #expect(
      try Generation.respond(proto, parameter: "Settings=gone.json").error
        == "gone.json: cannot be read: no such file")
  }
}
