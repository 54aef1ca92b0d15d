import Testing
import WeftProtobuf

/// Hostile sets again: map entries, well-known types, extensions, and sheer size.
@Suite struct HostileTypeTests {
  private func refusal(
    syntax: String = "proto3", package: String = "p", limits: DescriptorLimits = .default,
    _ fill: (inout DescriptorBytes) -> Void
  ) -> String {
    do {
      _ = try DescriptorPool(
        serializedFiles: [DescriptorBytes.file("a.proto", package: package, syntax: syntax, fill)],
        limits: limits)
      return "accepted"
    } catch {
      return error.description
    }
  }

  // MARK: Maps

  private func map(
    key: UInt64 = 9, valueLabel: UInt64 = 1, userLabel: UInt64 = 3,
    extra: @escaping (inout DescriptorBytes) -> Void = { _ in }
  ) -> String {
    refusal {
      $0.message("M") {
        $0.nested("FEntry") {
          $0.field("key", 1, type: key)
          $0.field("value", 2, label: valueLabel)
          $0.group(7) { $0.number(7, 1) }
          extra(&$0)
        }
        $0.field("f", 1, type: 11, label: userLabel, typeName: ".p.M.FEntry")
      }
    }
  }

  @Test func mapEntries() {
    #expect(map() == "accepted")
    #expect(map(key: 1) == "a.proto: p.M.FEntry: double cannot be the key of a map")
    #expect(map(key: 12) == "a.proto: p.M.FEntry: bytes cannot be the key of a map")
    #expect(map(valueLabel: 3) == "a.proto: p.M.FEntry: a map entry has a key and a value, no more")
    #expect(map(userLabel: 1) == "a.proto: p.M.f: p.M.FEntry is the entry of another map")
    #expect(map { $0.field("more", 3) }.hasSuffix("a map entry has a key and a value, no more"))
    #expect(map { $0.nested("N") }.hasSuffix("a map entry has a key and a value, no more"))
    #expect(
      refusal { $0.message("E") { $0.group(7) { $0.number(7, 1) } } }
        == "a.proto: p.E: a map entry outside of a message")
  }

  @Test func entriesOfOtherMessagesMaps() {
    #expect(
      refusal {
        $0.message("M") {
          $0.nested("FEntry") {
            $0.field("key", 1)
            $0.field("value", 2)
            $0.group(7) { $0.number(7, 1) }
          }
          $0.field("f", 1, type: 11, label: 3, typeName: ".p.M.FEntry")
        }
        $0.message("N") { $0.field("f", 1, type: 11, label: 3, typeName: ".p.M.FEntry") }
      } == "a.proto: p.N.f: p.M.FEntry is the entry of another map")
  }

  // MARK: Well-known types

  @Test(arguments: WellKnownType.allCases.filter { $0 != .empty })
  func wellKnownTypesOfAnotherShape(type: WellKnownType) {
    let name = String(type.rawValue.split(separator: ".").last ?? "")
    #expect(
      refusal(package: "google.protobuf") { $0.message(name) { $0.field("seconds", 1, type: 9) } }
        == "a.proto: \(type.rawValue): is not declared as google/protobuf declares it")
  }

  @Test func structsThatDoNotReferToEachOther() {
    #expect(
      refusal(package: "google.protobuf") {
        $0.message("ListValue") {
          $0.field("values", 1, type: 11, label: 3, typeName: ".google.protobuf.ListValue")
        }
      }.hasSuffix("is not declared as google/protobuf declares it"))
  }

  @Test func theRealOnesAreRecognised() throws {
    let pool = ProtoFile_google__protobuf__struct.file.pool
    #expect(pool.message(named: "google.protobuf.Value")?.wellKnownType == .value)
    #expect(pool.message(named: "google.protobuf.Struct.FieldsEntry")?.wellKnownType == nil)
  }

  // MARK: Extensions

  @Test func extensions() {
    func extending(_ number: UInt64, label: UInt64 = 1, extendee: String? = ".p.M", twice: Bool = false)
      -> String
    {
      refusal(syntax: "proto2") {
        $0.message("M") {
          $0.group(5) {
            $0.number(1, 100)
            $0.number(2, 200)
          }
        }
        for name in twice ? ["x", "y"] : ["x"] {
          $0.field(name, number, label: label, in: 7) { if let extendee { $0.string(2, extendee) } }
        }
      }
    }
    #expect(extending(100) == "accepted" && extending(199) == "accepted")
    #expect(extending(200) == "a.proto: p.x: p.M has no extension range with 200")
    #expect(extending(100, label: 2) == "a.proto: p.x: an extension must not be required")
    #expect(extending(100, extendee: nil).hasSuffix("an extension that does not say what it extends"))
    #expect(extending(100, extendee: ".p.N") == "a.proto: p.x: there is no type .p.N")
    #expect(extending(100, twice: true) == "a.proto: p.y: p.M is already extended at 100")
  }

  @Test func messageSets() {
    #expect(
      refusal(syntax: "proto2") { $0.message("M") { $0.group(7) { $0.number(1, 1) } } }
        == "a.proto: p.M: message_set_wire_format is not supported")
  }

  // MARK: Size

  @Test func messagesDeclaredDeepWithinEachOther() {
    func nest(_ depth: Int, _ bytes: inout DescriptorBytes) {
      if depth > 0 { bytes.nested("M") { nest(depth - 1, &$0) } }
    }
    #expect(refusal { $0.message("M") { nest(31, &$0) } } == "accepted")
    #expect(refusal { $0.message("M") { nest(32, &$0) } }.contains("more than 32 deep within each other"))
    #expect(refusal { $0.message("M") { nest(2000, &$0) } }.contains("more than 32 deep within each other"))
  }

  @Test func limits() {
    var limits = DescriptorLimits()
    limits.maxTypes = 2
    limits.maxMembers = 3
    limits.maxFieldsPerMessage = 2
    #expect(
      refusal(limits: limits) { file in for name in ["A", "B", "C"] { file.message(name) } }
        .hasPrefix("file 0: the set has more than 2 types at byte"))
    #expect(
      refusal(limits: limits) {
        $0.message("A") { message in for number in 1...3 { message.field("f\(number)", UInt64(number)) } }
      } == "a.proto: p.A: 3 fields exceed the limit of 2")
    #expect(
      refusal(limits: limits) { $0.enumeration("E", (0..<4).map { ("V\($0)", UInt64($0)) }) }
        .hasPrefix("file 0: the set has more than 3 fields, values and comments at byte"))
    #expect(
      refusal(package: Array(repeating: "p", count: 33).joined(separator: "."), { _ in })
        == "a.proto: package: name has more than 32 parts")
    limits.maxBytes = 10
    #expect(
      refusal(limits: limits) { $0.message("A") }.hasSuffix("bytes exceed the limit of 10"))
    limits = DescriptorLimits()
    limits.maxFiles = 1
    let files = [DescriptorBytes.file("a.proto"), DescriptorBytes.file("b.proto")]
    #expect(throws: DescriptorError(location: "descriptor set", reason: "2 files exceed the limit of 1")) {
      try DescriptorPool(serializedFiles: files, limits: limits)
    }
  }

  /// Two bytes each on the wire.
  @Test func manyEmptyDeclarationsAreRefusedBeforeTheyTakeMemory() {
    func flood(_ field: Int, in message: Bool = false) -> String {
      refusal { file in
        if message {
          file.message("M") { for _ in 0..<1_000_000 { $0.raw(field, []) } }
        } else {
          for _ in 0..<1_000_000 { file.raw(field, []) }
        }
      }
    }
    #expect(flood(4).contains("more than 20000 types") && flood(6).contains("more than 20000 types"))
    #expect(flood(7).contains("more than 100000 fields") && flood(3).contains("too many imports"))
    for field in [2, 6, 8] { #expect(flood(field, in: true).contains("more than 100000 fields")) }
    for field in [3, 4] { #expect(flood(field, in: true).contains("more than 20000 types")) }
  }

  @Test func aChainOfManyImportsIsNoTrouble() throws {
    let files = (0..<500).map {
      DescriptorBytes.file("\($0).proto", imports: $0 == 499 ? [] : ["\($0 + 1).proto"])
    }
    #expect(try DescriptorPool(serializedFiles: files).files.first?.name == "499.proto")
  }

  @Test func cutOffAnywhereASetIsRefusedOrSmaller() throws {
    let set = ProtoFile_google__api__annotations.file.descriptorSet()
    for length in 0..<set.count {
      // Nothing to check but that it comes back.
      _ = try? DescriptorPool(fileDescriptorSet: Array(set.prefix(length)))
    }
  }
}
