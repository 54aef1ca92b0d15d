import Testing

@testable import WeftGeneration

@Suite struct CommentTests {
  private func code(_ body: String) throws -> String {
    try Generation.code("syntax = \"proto3\";\npackage a;\n" + body)
  }

  @Test func commentsBecomeDocumentation() throws {
    let code = try code(
      """
      // The message.
      //
      //   Indented.
      message M {
        // The field.
        int32 a = 1;
        int32 b = 2;  // Behind.
        // The choice.
        oneof c {
          // The member.
          int32 d = 3;
        }
      }
      // The enum.
      enum E {
        // The value.
        ZERO = 0;
      }
      """)
    #expect(code.contains("/// The message.\n///\n///   Indented.\nnonisolated struct A_M: Message {"))
    #expect(code.contains("  /// The field.\n  var a: Int32 = 0"))
    #expect(code.contains("  /// Behind.\n  var b: Int32 = 0"))
    #expect(code.contains("  /// The choice.\n  var c: OneOf_C?"))
    #expect(code.contains("    /// The member.\n    case d(Int32)"))
    #expect(code.contains("/// The enum.\nnonisolated enum A_E: ProtoEnum"))
    #expect(code.contains("  /// The value.\n  case zero"))
  }

  @Test func commentsOfServicesAndMethodsReachHandlerAndClient() throws {
    let code = try code(
      """
      message M {}
      // The service.
      service S {
        // The method.
        rpc Do(M) returns (M);
      }
      """)
    #expect(code.contains("/// The service.\nnonisolated protocol A_SHandler: RPCService {"))
    #expect(code.contains("/// The service.\nnonisolated struct A_SClient: Sendable {"))
    #expect(code.components("  /// The method.\n").count == 3)
  }

  @Test func nothingInACommentEndsIt() throws {
    let code = try code(
      "/* One.\r * Two.\u{2028}three();\n * */ message M {\n // \u{202E}backwards \n int32 a = 1; }")
    for line in code.split(separator: "\n", omittingEmptySubsequences: false)
    where line.contains("three") || line.contains("Two") || line.contains("wards") {
      #expect(line.drop { $0 == " " }.hasPrefix("///"))
    }
    #expect(code.contains("/// backwards\n"))
    #expect(!code.unicodeScalars.contains("\u{2028}") && !code.unicodeScalars.contains("\r"))
  }

  @Test func controlCharactersAreLeftOut() {
    #expect(
      DocComment.lines(" a\u{0}b\u{1B}\u{2066}c\u{FEFF} \n\u{7F}\n d\r\n") == ["/// abc", "///", "/// d"])
    #expect(DocComment.lines(nil).isEmpty && DocComment.lines(" \n").isEmpty)
  }

  @Test func deprecatedFieldsWarnWhoeverUsesThem() throws {
    let code = try code("message M { int32 old = 1 [deprecated = true]; }")
    #expect(code.contains("  @available(*, deprecated)\n  var old: Int32 {"))
  }

  @Test func deprecatedServicesWarnWhoeverMakesAClient() throws {
    let service = "service S { rpc Do(M) returns (M); } message M {}"
    let own = try code(service.replacing("{ rpc", with: "{ option deprecated = true; rpc"))
    #expect(own.contains("@available(*, deprecated)\nnonisolated struct A_SClient"))
    #expect(own.contains("proto` file.\nnonisolated protocol A_SHandler"))
    let file = try code("option deprecated = true; " + service)
    #expect(file.contains("@available(*, deprecated)\nnonisolated struct A_SClient"))
    #expect(file.contains("proto` file.\nnonisolated struct A_M"))
  }

  @Test func deprecatedTypesAndValuesSaySo() throws {
    let code = try code(
      "enum E { option deprecated = true; ZERO = 0; ONE = 1 [deprecated = true]; }")
    #expect(code.components("/// - Warning: Deprecated in the `.proto` file.\n").count == 3)
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
