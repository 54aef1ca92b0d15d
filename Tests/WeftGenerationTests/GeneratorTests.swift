import Testing

@testable import WeftGeneration
@testable import WeftProtobuf

@Suite struct GeneratorTests {
  private let minimal = "syntax = \"proto3\"; package a.b; message M { optional int32 n = 1; }"

  @Test func theResponseDeclaresProto3Optional() throws {
    let response = try Generation.respond(minimal)
    // Field 2, a varint with the lowest bit set.
    #expect(response.serialized().prefix(2) == [0x10, 1])
    #expect(response.files.map(\.name) == ["test.weft.swift"])
  }

  @Test func theSameInputGivesTheSameOutput() throws {
    let request = try Generation.request(["a.proto": minimal, "b/c.proto": "syntax = \"proto3\";"])
    let first = Generation.respond(to: request)
    #expect(first.error == nil && first.files.count == 2)
    #expect(Generation.respond(to: request) == first)
  }

  @Test func visibility() throws {
    #expect(try Generation.code(minimal).contains("\nnonisolated struct A_B_M: Message {"))
    let code = try Generation.code(minimal, parameter: "Visibility=Public")
    #expect(code.contains("\npublic nonisolated struct A_B_M: Message {\n  public var n: Int32?"))
    #expect(
      try Generation.code(minimal, parameter: "Visibility=Package").contains(
        "\npackage nonisolated struct A_B_M"))
  }

  @Test func fileNaming() throws {
    let proto = ["x/y_z.proto": minimal]
    func name(_ naming: String) throws -> String? {
      let request = try Generation.request(proto, parameter: "FileNaming=\(naming)")
      return Generation.respond(to: request).files.first?.name
    }
    #expect(try name("FullPath") == "x/y_z.weft.swift")
    #expect(try name("PathToUnderscores") == "x_y_z.weft.swift")
    #expect(try name("DropPath") == "y_z.weft.swift")
  }

  @Test func twoFilesOfOneNameAreRefused() throws {
    let request = try Generation.request(
      ["x/a.proto": minimal, "y/a.proto": "syntax = \"proto3\";"], parameter: "FileNaming=DropPath")
    let error = try #require(Generation.respond(to: request).error)
    #expect(error == "y/a.proto and x/a.proto both give a.weft.swift; choose another FileNaming")
  }

  @Test func clientAndServerCanBeLeftOut() throws {
    let proto = minimal + " service S { rpc Do(M) returns (M); }"
    let neither = try Generation.code(proto, parameter: "Client=false,Server=false")
    #expect(!neither.contains("WeftRPC") && !neither.contains("A_B_S"))
    let client = try Generation.code(proto, parameter: "Server=false")
    #expect(client.contains("struct A_B_SClient") && !client.contains("A_B_SHandler"))
    let server = try Generation.code(proto, parameter: "Client=false")
    #expect(server.contains("protocol A_B_SHandler") && !server.contains("A_B_SClient"))
  }

  @Test func allFourKindsOfMethod() throws {
    let code = try Generation.code(
      """
      syntax = "proto3"; message M {}
      service S {
        rpc One(M) returns (M) { option idempotency_level = NO_SIDE_EFFECTS; }
        rpc Up(stream M) returns (M);
        rpc Down(M) returns (stream M) { option idempotency_level = IDEMPOTENT; }
        rpc Both(stream M) returns (stream M);
      }
      """)
    #expect(code.contains("func one(_ request: M, context: ServerContext) async throws -> M\n"))
    #expect(
      code.contains("func up(_ requests: RequestStream<M>, context: ServerContext) async throws -> M\n"))
    #expect(
      code.contains(
        "func down(_ request: M, responses: ResponseWriter<M>, context: ServerContext) async throws\n"))
    #expect(
      code.contains(
        "func both(_ requests: RequestStream<M>, responses: ResponseWriter<M>, "
          + "context: ServerContext) async throws\n"))
    #expect(code.contains(#"name: "One", kind: .unary, idempotency: .noSideEffects)"#))
    #expect(code.contains(#"name: "Up", kind: .clientStreaming, idempotency: .unknown)"#))
    #expect(code.contains(#"name: "Down", kind: .serverStreaming, idempotency: .idempotent)"#))
    #expect(code.contains(#"name: "Both", kind: .bidirectional, idempotency: .unknown)"#))
  }

  @Test func modulesOfImportedFilesAreImported() throws {
    let request = try Generation.request(
      [
        "own.proto": "syntax = \"proto3\"; import \"shop/common/c.proto\"; message O { C c = 1; }",
        "shop/common/c.proto": "syntax = \"proto3\"; message C {}",
      ], parameter: "Import=shop/:Shop,Import=shop/common/:Common,Module=Own")
    let code = try #require(Generation.respond(to: request).files.first).content
    #expect(code.contains("\nimport Common\nimport WeftProtobuf\n"))
    #expect(!code.contains("import Shop"))
  }

  @Test func modulesOfFilesThatAreImportedByWayOfAnotherAreImported() throws {
    let request = try Generation.request(
      [
        "own.proto": "syntax = \"proto3\"; import \"b/b.proto\"; message O { A a = 1; }",
        "b/b.proto": "syntax = \"proto3\"; import public \"a/a.proto\"; message B {}",
        "a/a.proto": "syntax = \"proto3\"; message A {}",
      ], parameter: "Import=a/:ModuleA,Import=b/:ModuleB")
    let code = try #require(Generation.respond(to: request).files.last)
    #expect(code.name == "own.weft.swift")
    #expect(code.content.contains("\nimport ModuleA\nimport ModuleB\nimport WeftProtobuf\n"))
  }

  @Test func importsSayHowVisibleTheyAreWhenAsked() throws {
    func imports(_ visibility: String) throws -> String {
      let request = try Generation.request(
        [
          "own.proto": """
          syntax = "proto3"; import "a/a.proto"; import "b/b.proto";
          message O { repeated A a = 1; } service S { rpc Do(O) returns (O); }
          """,
          "a/a.proto": "syntax = \"proto3\"; message A {}",
          "b/b.proto": "syntax = \"proto3\"; message B {}",
        ],
        parameter: "Import=a/:ModuleA,Import=b/:ModuleB,UseAccessLevelOnImports=true,Visibility=\(visibility)"
      )
      let code = try #require(Generation.respond(to: request).files.last).content
      return code.split(separator: "\n").filter { $0.contains("import ") }.joined(separator: "|")
    }
    #expect(
      try imports("Public")
        == "public import ModuleA|internal import ModuleB|public import WeftProtobuf|public import WeftRPC")
    #expect(try imports("Package").hasPrefix("package import ModuleA|internal import ModuleB|"))
    #expect(try imports("Internal").hasPrefix("internal import ModuleA|internal import ModuleB|"))
  }

  @Test func theEmbeddedDescriptorLeavesOutComments() throws {
    let set = try Protoc.descriptorSet(["a.proto": "// Long comment.\n" + minimal])
    let file = try #require(DescriptorPool(fileDescriptorSet: set).files.first)
    let embedded = try EmbeddedDescriptor.bytes(of: file)
    #expect(embedded.count < file.serialized.count)
    let again = try DescriptorPool(serializedFiles: [embedded])
    #expect(again.message(named: "a.b.M")?.field(named: "n")?.isProto3Optional == true)
  }

  @Test func theEmbeddedDescriptorKeepsCommentsWhenAsked() throws {
    let set = try Protoc.descriptorSet([
      "a.proto": """
      // Not attached to anything.

      // The syntax.
      syntax = "proto3";
      // The message.
      message M {
        int32 bare = 1;
        int32 n = 2;  // The field.
      }
      """
    ])
    let file = try #require(DescriptorPool(fileDescriptorSet: set).files.first)
    let embedded = try EmbeddedDescriptor.bytes(of: file, comments: true)
    #expect(embedded.count < file.serialized.count)
    let again = try DescriptorPool(serializedFiles: [embedded])
    let message = try #require(again.message(named: "M"))
    #expect(message.comment == " The message.\n" && message.field(named: "n")?.comment == " The field.\n")
    #expect(!String(decoding: embedded, as: UTF8.self).contains("attached"))

    let code = try Generation.code("syntax = \"proto3\"; // C\nmessage M {}")
    #expect(
      try Generation.code("syntax = \"proto3\"; // C\nmessage M {}", parameter: "EmbedComments=true") != code)
  }
}
