import Testing
import WeftProtobuf

@Suite struct DescriptorPoolTests {
  @Test func filesMayComeInAnyOrder() throws {
    let base = DescriptorBytes.file("base.proto", package: "a") { $0.message("B") }
    let user = DescriptorBytes.file("user.proto", package: "b", imports: ["base.proto"]) {
      $0.message("U") { $0.field("b", 1, type: 11, typeName: ".a.B") }
    }
    for files in [[base, user], [user, base], [user, base, user]] {
      let pool = try DescriptorPool(serializedFiles: files)
      #expect(pool.files.map(\.name) == ["base.proto", "user.proto"])
      let message = try #require(pool.message(named: "b.U"))
      #expect(message.fields.first?.messageType === pool.message(named: "a.B"))
    }
  }

  @Test func aSetOfAPoolMakesTheSamePool() throws {
    let base = DescriptorBytes.file("base.proto") { $0.message("B") }
    let user = DescriptorBytes.file("user.proto", imports: ["base.proto"])
    let pool = try DescriptorPool(serializedFiles: [user, base])
    let again = try DescriptorPool(fileDescriptorSet: pool.fileDescriptorSet())
    #expect(again.files.map(\.serialized) == [base, user])
    #expect(again.fileDescriptorSet() == pool.fileDescriptorSet())
  }

  @Test func wellKnownFilesMayBeLeftOut() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file(
        "a.proto", imports: ["google/api/annotations.proto", "google/protobuf/struct.proto"]
      ) { $0.message("M") { $0.field("s", 1, type: 11, typeName: ".google.protobuf.Struct") } }
    ])
    #expect(
      pool.files.map(\.name) == [
        "google/api/http.proto", "google/protobuf/descriptor.proto", "google/api/annotations.proto",
        "google/protobuf/struct.proto", "a.proto",
      ])
    #expect(pool.message(named: "M")?.fields.first?.messageType?.wellKnownType == .struct)
  }

  @Test func theClosureOfAFileIsItAndWhatItImports() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto"), DescriptorBytes.file("b.proto", imports: ["a.proto"]),
      DescriptorBytes.file("c.proto", imports: ["b.proto"]), DescriptorBytes.file("other.proto"),
    ])
    let file = try #require(pool.file(named: "c.proto"))
    #expect(pool.closure(of: file).map(\.name) == ["a.proto", "b.proto", "c.proto"])
    let set = try DescriptorPool(fileDescriptorSet: pool.fileDescriptorSet(including: file))
    #expect(set.files.count == 3)
  }

  @Test func relativeNamesAreLookedForFromTheInside() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto", package: "p.q") {
        $0.message("M") {
          $0.nested("M")
          $0.field("inner", 1, type: 11, typeName: "M")
          $0.field("outer", 2, type: 11, typeName: "q.M")
          $0.field("untyped", 3, type: nil, typeName: "E")
        }
        $0.enumeration("E", [("Z", 0)])
      }
    ])
    let message = try #require(pool.message(named: "p.q.M"))
    #expect(message.field(named: "inner")?.messageType?.fullName == "p.q.M.M")
    #expect(message.field(named: "outer")?.messageType === message)
    #expect(message.field(named: "untyped")?.type == .enum)
  }

  @Test func fieldsAreFoundByNumberNameAndJSONName() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto") {
        $0.message("M") {
          $0.field("foo_bar", 7)
          $0.field("other", 2) { $0.string(10, "renamed") }
        }
      }
    ])
    let message = try #require(pool.message(named: "M"))
    let field = try #require(message.field(number: 7))
    #expect(field.jsonName == "fooBar" && field.fullName == "M.foo_bar" && field.index == 0)
    #expect(message.field(jsonName: "fooBar") === field && message.field(jsonName: "foo_bar") === field)
    #expect(message.field(jsonName: "renamed")?.number == 2 && message.field(number: 1) == nil)
    #expect(message.field(number: .max) == nil)
  }

  @Test func symbolsAreFoundWhereTheyAreDeclared() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto", package: "p") {
        $0.message("M") {
          $0.field("f", 1)
          $0.enumeration("E", [("Z", 0)], in: 4)
        }
        $0.service("S") { $0.method("Do", "M", ".p.M") }
      }
    ])
    for symbol in ["p.M", "p.M.f", "p.M.E", "p.M.Z", "p.S", "p.S.Do"] {
      #expect(pool.file(declaring: symbol)?.name == "a.proto")
    }
    #expect(pool.file(declaring: "p") == nil && pool.file(declaring: "p.N") == nil)
    #expect(pool.service(named: "p.S")?.method(named: "Do")?.path == "/p.S/Do")
    #expect(pool.enumeration(named: "p.M.E")?.value(number: 0)?.name == "Z")
  }

  @Test func syntheticOneofsAreHidden() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto") {
        $0.message("M") {
          $0.field("a", 1) {
            $0.number(9, 1)
            $0.number(17, 1)
          }
          $0.field("b", 2) { $0.number(9, 0) }
          $0.oneof("real")
          $0.oneof("_a")
        }
      }
    ])
    let message = try #require(pool.message(named: "M"))
    #expect(message.oneofs.map(\.name) == ["real"])
    let optional = try #require(message.field(named: "a"))
    #expect(optional.isProto3Optional && optional.hasPresence && optional.oneof == nil)
    #expect(message.field(named: "b")?.oneof === message.oneofs.first)
  }

  @Test func extensionsAreFoundByTypeAndNumber() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto", syntax: "proto2") {
        $0.message("M") {
          $0.group(5) {
            $0.number(1, 100)
            $0.number(2, 200)
          }
        }
        $0.field("x", 150, in: 7) { $0.string(2, ".M") }
      }
    ])
    #expect(pool.extension(of: "M", number: 150)?.fullName == "x")
    #expect(pool.extensions(of: "M").count == 1 && pool.extension(of: "M", number: 151) == nil)
  }

  @Test func commentsComeFromSourceInfo() throws {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto") {
        $0.message("M") { $0.field("f", 1) }
        $0.group(9) {
          $0.group(1) {
            $0.raw(1, [4, 0])
            $0.string(3, " The message.")
          }
          $0.group(1) {
            $0.raw(1, [4, 0, 2, 0])
            $0.string(4, " Behind.")
          }
        }
      }
    ])
    let message = try #require(pool.message(named: "M"))
    #expect(message.comment == " The message." && message.fields.first?.comment == " Behind.")
  }

  @Test func packedIsTheDefaultOfProto3Only() throws {
    func isPacked(_ syntax: String, _ declared: UInt64?) throws -> Bool {
      let pool = try DescriptorPool(serializedFiles: [
        DescriptorBytes.file("a.proto", syntax: syntax) {
          $0.message("M") {
            $0.field("f", 1, label: 3) { field in
              if let declared { field.group(8) { $0.number(2, declared) } }
            }
          }
        }
      ])
      return try #require(pool.message(named: "M")?.fields.first).isPacked
    }
    #expect(try isPacked("proto3", nil) && isPacked("proto2", 1))
    #expect(try !isPacked("proto3", 0) && !isPacked("proto2", nil))
  }

  @Test func aPoolGoesWhenItIsLetGo() throws {
    // Types refer to each other in a circle, which must not keep them.
    weak var pool: DescriptorPool?
    weak var message: MessageDescriptor?
    do {
      let made = try DescriptorPool(serializedFiles: [
        DescriptorBytes.file("a.proto") { $0.message("M") { $0.field("m", 1, type: 11, typeName: ".M") } }
      ])
      pool = made
      message = made.message(named: "M")
      #expect(message?.fields.first?.messageType === message)
    }
    #expect(pool == nil && message == nil)
  }
}
