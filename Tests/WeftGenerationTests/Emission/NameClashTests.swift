import Testing
import WeftProtobuf

/// That names with another meaning compile is shown by this target compiling; here each is shown to
/// reach the field that it stands for.
@Suite struct NameClashTests {
  private func text<M: Message>(_ message: M, _ file: String) throws -> String {
    try Protoc.decode(try message.serialized(), as: M.fullName, in: file)
      .split { $0 == "\n" || $0 == " " }.joined(separator: " ")
  }

  @Test func fieldsNamedLikeMembersAndKeywords() throws {
    var message = Weft_Test_NamesAndSuch_V1_Fields()
    message.self_ = 1
    message.init_ = 2
    message.class = 3
    message.description_ = 6
    message.hashValue_ = 8
    message.unknownFields_ = 10
    message.base = 12
    message.nItems = 13
    message.items = [14]
    message.linux = 15
    message.type = 16
    message.m = 23
    message.arena = 24
    message.field26 = 26
    message.upperCase = 29
    message.urlFetch = 30
    message.typeURL = 31
    message.userID = 33
    message._4 = 35
    #expect(
      try text(message, "names.proto")
        == """
        self: 1 init: 2 class: 3 description: 6 hash_value: 8 unknown_fields: 10 base: 12 n_items: 13 \
        items: 14 linux: 15 Type: 16 m: 23 arena: 24 _: 26 UPPER_CASE: 29 URLFetch: 30 type_url: 31 \
        user_id: 33 _4: 35
        """)
    #expect(try Weft_Test_NamesAndSuch_V1_Fields(serialized: message.serialized()) == message)
  }

  @Test func fieldsThatSwiftWouldSpellAlike() throws {
    var message = Weft_Test_Legacy_Clashes()
    message.fooBar = 1
    message.fooBar_ = 2
    message.fooBar_2 = 3
    message.fooBar_3 = 4
    message.lower = Weft_Test_Legacy_Clashes.Clashes()
    message.upper = Weft_Test_Legacy_Clashes.Clashes_()
    message.number = .unspecified
    message.other = Weft_Test_Legacy_Clashes.OneOf_Foo()
    #expect(
      try text(message, "legacy.proto")
        == """
        foo_bar: 1 fooBar: 2 foo__bar: 3 FooBar: 4 lower { } upper { } number: VALUE_UNSPECIFIED \
        other { }
        """)
  }

  @Test func messagesNamedLikeTypesOfSwift() throws {
    var message = Weft_Test_NamesAndSuch_V1_Types()
    message.string = .with { $0.text = "s" }
    message.int32 = .with { $0.number = 1 }
    message.type = Weft_Test_NamesAndSuch_V1_Types.Type_()
    message.any = Weft_Test_NamesAndSuch_V1_Types.Any_()
    message.plain = "p"
    #expect(
      try text(message, "names.proto")
        == #"string { text: "s" } int32 { number: 1 } type { } any { } plain: "p""#)
  }

  @Test func valuesOfEnums() {
    #expect(Weft_Test_NamesAndSuch_V1_Words.self_.rawValue == 1)
    #expect(Weft_Test_NamesAndSuch_V1_Words.init_.rawValue == 2)
    #expect(Weft_Test_NamesAndSuch_V1_Words.default.rawValue == 3)
    #expect(Weft_Test_NamesAndSuch_V1_Words.unrecognized_.rawValue == 4)
    #expect(Weft_Test_NamesAndSuch_V1_Words.class.rawValue == 7)
    #expect(Weft_Test_NamesAndSuch_V1_Words.httpURL.rawValue == 16)
    let alike = Weft_Test_Legacy_Alike.allCases
    #expect(alike.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    for value in alike { #expect(Weft_Test_Legacy_Alike(rawValue: value.rawValue) == value) }
  }

  @Test func namesWithoutTheirEnumMustStillBeNames() {
    #expect(Weft_Test_V1_Colour.red.rawValue == 1)
    #expect(Weft_Test_V1_Colour.colour3d.rawValue == 3)
  }

  @Test func aliasesAreTheirOriginal() {
    #expect(Weft_Test_V1_Aliased.one == .first)
    #expect(Weft_Test_V1_Aliased.allCases == [.zero, .first])
  }

  @Test func numbersThatAnEnumDoesNotDeclareAreKept() {
    #expect(Weft_Test_V1_Colour(rawValue: 77) == .unrecognized(77))
    #expect(Weft_Test_V1_Colour.unrecognized(77).rawValue == 77)
  }

  @Test func membersOfOneofsHaveViews() {
    var message = Weft_Test_V1_Choices()
    message.aString = "text"
    #expect(message.value == .aString("text"))
    #expect(message.aBool == nil)
    // Taking away what is not set leaves what is.
    message.aBool = nil
    #expect(message.aString == "text")
    message.aString = nil
    #expect(message.value == nil)
  }

  @Test func messagesNamedLikeTheTypesOfAService() {
    #expect(Weft_Test_Services_V1_NothingClient_.fullName == "weft.test.services.v1.NothingClient")
    #expect(Weft_Test_Services_V1_NothingHandler_.allCases == [.unspecified])
    let method = Weft_Test_Services_V1_Nothing_Methods.do
    #expect(method.path == "/weft.test.services.v1.nothing/Do")
  }

  @Test func theOptionSwiftPrefixReplacesThePackage() throws {
    let thing = PXThing.with { $0.part = .with { $0.number = 1 } }
    #expect(try PXThing(serialized: thing.serialized()) == thing)
    #expect(PXThing.fullName == "weft.test.prefixed.v1.Thing")
  }
}
