import Testing
import WeftProtobuf

@Suite struct RecursionTests {
  typealias Tree = Weft_Test_Recursion_V1_Tree

  private var tree: Tree {
    .with {
      $0.name = "root"
      $0.parent = .with { $0.name = "parent" }
      $0.children = [.with { $0.maybe = Tree() }]
      $0.named = ["a": .with { $0.either = .left(.with { $0.name = "left" }) }]
      $0.either = .even(.with { $0.next = .with { $0.value = 3 } })
    }
  }

  @Test func aMessageThatContainsItselfSurvivesTheWire() throws {
    let bytes = try tree.serialized()
    #expect(try Tree(serialized: bytes) == tree)
    let text = try Protoc.decode(bytes, as: Tree.fullName, in: "recursion.proto")
    #expect(
      try Tree(serialized: Protoc.encode(text, as: Tree.fullName, in: "recursion.proto")) == tree)
  }

  @Test func copiesAreIndependent() {
    let original = tree
    var copy = original
    copy.parent?.name = "changed"
    #expect(original.parent?.name == "parent")
    #expect(copy.parent?.name == "changed")
    #expect(copy != original)
    copy.parent?.name = "parent"
    #expect(copy == original)
    #expect(copy.hashValue == original.hashValue)
  }

  @Test func aSubMessageCanBeTakenAway() {
    var copy = tree
    copy.parent = nil
    #expect(copy.parent == nil)
  }

  @Test func messagesThatContainEachOther() throws {
    var even = Weft_Test_Recursion_V1_Even()
    for value in 0..<40 {
      let inner = even
      even = .with {
        $0.next = .with {
          $0.next = inner
          $0.value = Int32(value)
        }
      }
    }
    #expect(try Weft_Test_Recursion_V1_Even(serialized: even.serialized()) == even)
  }

  @Test func nestingBeyondTheLimitIsRefusedAsAnError() throws {
    var tree = Tree()
    for _ in 0..<150 {
      let inner = tree
      tree = .with { $0.parent = inner }
    }
    let deep = tree
    #expect(throws: (any Error).self) { try Tree(serialized: deep.serialized()) }
  }

  @Test func largeMessagesAreNotStoredInPlace() throws {
    // In place it would be some 64 times the 88 bytes of its smallest part.
    #expect(MemoryLayout<Weft_Test_Recursion_V1_Level4>.size < 512)
    let message = Weft_Test_Recursion_V1_Level4.with {
      $0.a = .with { $0.d = .with { $0.c = .with { $0.b = "deep" } } }
      $0.either = .c(.with { $0.a = .with { $0.a = Weft_Test_Recursion_V1_Level1() } })
    }
    #expect(try Weft_Test_Recursion_V1_Level4(serialized: message.serialized()) == message)
  }
}
