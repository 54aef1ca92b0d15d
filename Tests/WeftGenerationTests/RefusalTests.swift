import Testing

@testable import WeftGeneration

/// What cannot be generated is refused by an error in the response, which protoc prints.
@Suite struct RefusalTests {
  private func refusal(_ proto: String, parameter: String = "") throws -> String {
    let response = try Generation.respond(proto, parameter: parameter)
    #expect(response.files.isEmpty)
    return try #require(response.error)
  }

  @Test func groups() throws {
    #expect(
      try refusal("syntax = \"proto2\"; message M { optional group G = 1 { optional int32 a = 2; } }")
        == "test.proto: M.g is a group, which is not supported; use a message field")
  }

  @Test func prefixesThatAreNoNames() throws {
    for prefix in ["a b", "x { evil() }; //", "1", "a-b", "a.b"] {
      #expect(
        try refusal("syntax = \"proto3\"; option swift_prefix = \"\(prefix)\"; message M {}")
          == "test.proto: option swift_prefix must be a Swift name, not \"\(prefix)\"")
    }
  }

  @Test(arguments: [
    ("Visibility=Open", "option Visibility must be one of Internal, Package, Public, not \"Open\""),
    ("FileNaming", "option FileNaming must be one of FullPath, PathToUnderscores, DropPath, not \"\""),
    ("Client=yes", "option Client must be true or false, not \"yes\""),
    ("Module=a-b", "option Module must name a Swift module, not \"a-b\""),
    ("Import=a", "option Import must be PATH_PREFIX:MODULE, not \"a\""),
    (
      "Colour=red",
      "unknown option \"Colour\"; there are Visibility, FileNaming, Client, Server, Types, "
        + "EmbedComments, UseAccessLevelOnImports, Module, Import and Settings"
    ),
  ])
  func options(parameter: String, error: String) throws {
    #expect(try refusal("syntax = \"proto3\";", parameter: parameter) == error)
  }

  @Test func editions() {
    var file = WireBytes()
    file.string(1, "new.proto")
    file.string(12, "editions")
    file.number(14, 1000)
    let request = Generation.request([file.content], generate: ["new.proto"])
    #expect(
      Generation.respond(to: request).error
        == "new.proto: syntax \"editions\" is not supported, only proto2 and proto3")
  }

  @Test func aFileThatWasNotSent() {
    let request = Generation.request([], generate: ["absent.proto"])
    #expect(
      Generation.respond(to: request).error == "absent.proto: asked for, but not sent")
  }

  @Test func requestsThatAreNoRequests() {
    for bytes: [UInt8] in [[0x7A, 0xFF], [0], [0x0A, 2, 0x61], [0x0A, 1, 0xFF]] {
      let error = Generation.respond(to: bytes).error
      #expect(error?.hasPrefix("the request from protoc cannot be read: ") == true)
    }
  }
}
