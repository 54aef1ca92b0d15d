import Testing
import WeftProtobuf

/// Sets that services might register to do harm. Each is refused with what is wrong and where.
@Suite struct HostileDescriptorTests {
  private func refusal(_ files: [UInt8]..., limits: DescriptorLimits = .default) -> String {
    do {
      _ = try DescriptorPool(serializedFiles: files, limits: limits)
      return "accepted"
    } catch {
      return error.description
    }
  }

  private func refusal(
    syntax: String = "proto3", _ fill: (inout DescriptorBytes) -> Void
  ) -> String {
    refusal(DescriptorBytes.file("a.proto", package: "p", syntax: syntax, fill))
  }

  // MARK: Files

  @Test func files() {
    #expect(refusal([]) == "descriptor set: a file has no valid name")
    #expect(refusal(DescriptorBytes.file("a\n.proto")) == "descriptor set: a file has no valid name")
    #expect(
      refusal(DescriptorBytes.file("a.proto", imports: ["b.proto"]))
        == "a.proto: imports b.proto, which the set does not have")
    #expect(
      refusal(DescriptorBytes.file("a.proto"), DescriptorBytes.file("a.proto", package: "p"))
        == "a.proto: the set has two different files of this name")
    #expect(
      refusal(DescriptorBytes.file("a.proto", imports: ["a.proto"]))
        == "a.proto: files import each other: a.proto -> a.proto")
    #expect(
      refusal(
        DescriptorBytes.file("a.proto", imports: ["b.proto"]),
        DescriptorBytes.file("b.proto", imports: ["c.proto"]),
        DescriptorBytes.file("c.proto", imports: ["b.proto"]))
        == "b.proto: files import each other: b.proto -> c.proto -> b.proto")
    #expect(
      refusal(
        DescriptorBytes.file("b.proto"), DescriptorBytes.file("a.proto", imports: ["b.proto", "b.proto"]))
        == "a.proto: imports a file twice")
    #expect(
      refusal(DescriptorBytes.file("a.proto") { $0.number(10, 3) })
        == "a.proto: a public import is out of range")
    #expect(
      refusal(DescriptorBytes.file("a.proto", syntax: "proto9"))
        == "a.proto: syntax \"proto9\" is not supported, only proto2 and proto3")
    #expect(
      refusal(DescriptorBytes.file("a.proto", package: "p..q")) == "a.proto: package p..q: not a valid name")
  }

  @Test func bytesThatAreNoDescriptors() {
    #expect(refusal([0x0A]) == "file 0: truncated varint at byte 1")
    #expect(refusal([0x0A, 5, 0x61]) == "file 0: truncated field at byte 2")
    #expect(refusal([0x0A, 1, 0xFF]) == "file 0: string is not UTF-8 at byte 3")
    #expect(refusal([0x08, 1]) == "file 0: field 1 has the wrong wire type at byte 1")
    #expect(refusal([0x00]) == "file 0: invalid tag at byte 1")
    #expect(refusal([UInt8](repeating: 0xFF, count: 11)) == "file 0: varint of more than 64 bits at byte 10")
    #expect(refusal([UInt8](repeating: 0xFB, count: 100_000)).hasPrefix("file 0: "))
    #expect(throws: DescriptorError.self) { try DescriptorPool(fileDescriptorSet: [0x0A, 9]) }
  }

  // MARK: Names

  @Test func names() {
    #expect(refusal { $0.message("1M") } == "a.proto: \"p.1M\": not a valid name")
    #expect(refusal { $0.message("") } == "a.proto: \"p.\": not a valid name")
    #expect(refusal { $0.message("a.b") } == "a.proto: \"p.a.b\": not a valid name")
    #expect(refusal { $0.message("M/../x") } == "a.proto: \"p.M/../x\": not a valid name")
    #expect(
      refusal {
        $0.message("M")
        $0.message("M")
      } == "a.proto: p.M: is already declared in a.proto")
    #expect(
      refusal {
        $0.message("M") {
          $0.nested("f"); $0.field("f", 1)
        }
      }
        == "a.proto: p.M.f: is already declared in a.proto")
    #expect(
      refusal(
        DescriptorBytes.file("a.proto", package: "p") { $0.message("q") },
        DescriptorBytes.file("b.proto", package: "p.q"))
        == "b.proto: p.q: is both a package and something else")
    #expect(
      refusal { $0.message(String(repeating: "x", count: 2000)) }
        .hasSuffix("full name is longer than 512 bytes"))
  }

  // MARK: Fields

  @Test(arguments: [0, 19_000, 19_999, 536_870_912, UInt64.max])
  func fieldNumbers(number: UInt64) {
    #expect(refusal { $0.message("M") { $0.field("f", number) } }.hasSuffix("is not allowed"))
  }

  @Test func fields() {
    func inMessage(_ syntax: String = "proto3", _ fill: @escaping (inout DescriptorBytes) -> Void) -> String {
      refusal(syntax: syntax) { $0.message("M", fill) }
    }
    #expect(
      inMessage {
        $0.field("a", 1)
        $0.field("b", 1)
      } == "a.proto: p.M: fields a and b both have the number 1")
    #expect(
      inMessage {
        $0.field("foo_bar", 1)
        $0.field("fooBar", 2)
      } == "a.proto: p.M: fields foo_bar and fooBar both have the JSON name fooBar")
    #expect(inMessage { $0.field("f", 1, type: nil) } == "a.proto: p.M.f: the field has no type")
    #expect(inMessage { $0.field("f", 1, type: 11) } == "a.proto: p.M.f: the field's type has no name")
    #expect(
      inMessage { $0.field("f", 1, type: 11, typeName: ".p.N") } == "a.proto: p.M.f: there is no type .p.N")
    #expect(inMessage { $0.field("f", 1, type: 11, typeName: "") }.hasSuffix("type has no name"))
    #expect(inMessage { $0.field("f", 1, type: 11, typeName: ".") }.hasSuffix("there is no type ."))
    #expect(inMessage { $0.field("f", 1, type: 11, typeName: ".p") }.hasSuffix("there is no type .p"))
    #expect(inMessage { $0.field("f", 1, type: 11, typeName: ".p.M.f") }.hasSuffix("no type .p.M.f"))
    #expect(
      inMessage { $0.field("f", 1, type: 14, typeName: ".p.M") }
        == "a.proto: p.M.f: .p.M is not of the kind that the field says")
    #expect(inMessage { $0.field("f", 1, type: 5, typeName: ".p.M") }.hasSuffix("that the field says"))
    #expect(inMessage { $0.field("f", 1, type: 19) }.contains("unknown field type 19"))
    #expect(inMessage { $0.field("f", 1, label: 4) }.contains("unknown field label 4"))
    #expect(inMessage { $0.field("f", 1, label: 2) } == "a.proto: p.M.f: proto3 has no required fields")
    #expect(
      inMessage { $0.field("f", 1) { $0.string(7, "1") } }
        == "a.proto: p.M.f: proto3 has no explicit defaults")
    #expect(
      inMessage {
        $0.nested("G")
        $0.field("g", 1, type: 10, typeName: ".p.M.G")
      } == "a.proto: p.M.g: proto3 has no groups")
    #expect(
      inMessage { $0.field("f", 1, type: 9, label: 3) { $0.group(8) { $0.number(2, 1) } } }
        == "a.proto: p.M.f: only repeated numbers can be packed")
    #expect(inMessage { $0.field("f", 1) { $0.string(10, "a\0b") } }.hasSuffix("the JSON name is not valid"))
  }

  @Test func typesOfFilesThatAreNotImported() {
    #expect(
      refusal(
        DescriptorBytes.file("a.proto", package: "p") { $0.message("M") },
        DescriptorBytes.file("b.proto", imports: ["a.proto"]),
        DescriptorBytes.file("c.proto", imports: ["b.proto"]) {
          $0.message("N") { $0.field("m", 1, type: 11, typeName: ".p.M") }
        }) == "c.proto: N.m: p.M is declared in a.proto, which is not imported")
  }

  @Test func closedEnumsInProto3() {
    #expect(
      refusal(
        DescriptorBytes.file("old.proto", syntax: "proto2") { $0.enumeration("E", [("A", 1)]) },
        DescriptorBytes.file("a.proto", imports: ["old.proto"]) {
          $0.message("M") { $0.field("e", 1, type: 14, typeName: ".E") }
        }) == "a.proto: M.e: a proto3 field must not be of the proto2 enum E")
  }

  // MARK: Oneofs

  @Test func oneofs() {
    #expect(
      refusal { $0.message("M") { $0.field("f", 1) { $0.number(9, 0) } } }
        == "a.proto: p.M.f: oneof index 0 is out of range")
    #expect(
      refusal {
        $0.message("M") {
          $0.field("f", 1) { $0.number(9, UInt64.max) }
          $0.oneof("o")
        }
      } == "a.proto: p.M.f: oneof index -1 is out of range")
    #expect(refusal { $0.message("M") { $0.oneof("o") } } == "a.proto: p.M.o: a oneof without fields")
    #expect(
      refusal {
        $0.message("M") {
          $0.field("f", 1, label: 3) { $0.number(9, 0) }
          $0.oneof("o")
        }
      } == "a.proto: p.M.f: a member of a oneof must be singular")
    #expect(
      refusal { $0.message("M") { $0.field("f", 1) { $0.number(17, 1) } } }
        == "a.proto: p.M.f: proto3 optional without its synthetic oneof")
    #expect(
      refusal {
        $0.message("M") {
          $0.field("f", 1) {
            $0.number(9, 0)
            $0.number(17, 1)
          }
          $0.field("g", 2) { $0.number(9, 0) }
          $0.oneof("o")
        }
      } == "a.proto: p.M.f: proto3 optional within a oneof")
  }

  // MARK: Enums

  @Test func enums() {
    #expect(refusal { $0.enumeration("E", []) } == "a.proto: p.E: an enum without values")
    #expect(
      refusal { $0.enumeration("E", [("A", 1)]) }
        == "a.proto: p.E: the first value of a proto3 enum must be 0")
    #expect(
      refusal { $0.enumeration("E", [("A", 0), ("B", 0)]) }
        == "a.proto: p.E: two values have the same number, without allow_alias")
    // Values are named beside their enum.
    #expect(
      refusal {
        $0.enumeration("E", [("A", 0)])
        $0.enumeration("F", [("A", 0)])
      } == "a.proto: p.A: is already declared in a.proto")
  }

  // MARK: Methods

  @Test func methods() {
    #expect(
      refusal { $0.service("S") { $0.method("Do", ".p.N", ".p.N") } }
        == "a.proto: p.S.Do: there is no type .p.N")
    #expect(
      refusal {
        $0.enumeration("E", [("A", 0)])
        $0.service("S") { $0.method("Do", ".p.E", ".p.E") }
      } == "a.proto: p.S.Do: .p.E is not a message")
    #expect(
      refusal {
        $0.message("M")
        $0.service("S") {
          $0.method("Do", ".p.M", ".p.M")
          $0.method("Do", ".p.M", ".p.M")
        }
      } == "a.proto: p.S.Do: is already declared in a.proto")
  }
}
