import Testing
import WeftProtobuf

@testable import WeftGeneration

/// Names that are clear within each file, and clash only where the code of several meets.
@Suite struct FileClashTests {
  @Test func whatAnImportedFileDeclaresIsLeftToIt() {
    #expect(Weft_Test_Clashes_Inner_Thing.fullName == "weft.test.clashes.Inner_Thing")
    #expect(Weft_Test_Clashes_Inner_Thing_.fullName == "weft.test.clashes.inner.Thing")
    #expect(Weft_Test_Clashes_Lower.fullName == "weft.test.clashes.lower")
    #expect(Weft_Test_Clashes_Lower_.fullName == "weft.test.clashes.Lower")
  }

  @Test func aServiceKeepsTheNamesOfItsTypesTogether() {
    #expect(Weft_Test_Clashes_ThingClient.fullName == "weft.test.clashes.ThingClient")
    #expect(Weft_Test_Clashes_Thing_Methods.do.path == "/weft.test.clashes.Thing/Do")
  }

  @Test func whatIsNestedHidesNothingThatCodeAroundItNeeds() throws {
    let message = H_A.with {
      $0.inner = H_A.H_A_.with { $0.n = 1 }
      $0.outer = H_A.with { $0.hiddenKind = H_A.H_Kind_.with { $0.n = 2 } }
      $0.kind = H_Kind.valueMinus1
      $0.file = H_A.ProtoFile_clashes__hiding_.with { $0.n = 3 }
    }
    #expect(try H_A(serialized: message.serialized()) == message)
    #expect(H_Kind.allCases.map(\.rawValue) == [0, -1, .min, .max])
    let foo = OneOf_Foo.with { $0.foo = .inner(.with { $0.foo = OneOf_Foo.OneOf_Foo_2.number(7) }) }
    #expect(try OneOf_Foo(serialized: foo.serialized()) == foo)
  }

  @Test func namesOfNothingButUnderscores() throws {
    let message = __.with {
      $0.field1 = 1
      $0.___1 = 2
    }
    #expect(try __(serialized: message.serialized()) == message)
    #expect(_SMethods.__.path == "/_S/_" && _SMethods.___.path == "/_S/__")
    #expect(ProtoFile_underscores_.fullName == "ProtoFile_underscores")
  }

  @Test func typesThatAreImportedByWayOfAnother() throws {
    let message = Weft_Test_Imports_User_User.with {
      $0.kind = .solid
      $0.either = .shared(.with { $0.base = .with { $0.number = 4 } })
    }
    #expect(try Weft_Test_Imports_User_User(serialized: message.serialized()) == message)
  }

  @Test func filesThatDoNotKnowOfEachOtherAreRefusedWhenTheyClash() throws {
    let request = try Generation.request([
      "b.proto": "syntax = \"proto3\"; package a; message B_C {}",
      "a.proto": "syntax = \"proto3\"; package a.b; message C {}",
    ])
    #expect(
      Generation.respond(to: request).error
        == "a.proto and b.proto both give Swift a type A_B_C; write an option swift_prefix into one of them")
  }
}
