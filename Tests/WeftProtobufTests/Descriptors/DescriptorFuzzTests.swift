import Foundation
import Testing
import WeftProtobuf

/// Damaged descriptor sets give a pool or an error, never a crash.
@Suite struct DescriptorFuzzTests {
  /// Repeatable: a failure can be found again by its seed.
  private func damage(_ bytes: [UInt8], _ generator: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.remove(at: place)
      default:
        let end = min(bytes.count, place + Int.random(in: 1..<40, using: &generator))
        bytes.insert(
          contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &generator))
      }
    }
    return bytes
  }

  /// A set that has some of everything.
  private var seedFile: [UInt8] {
    DescriptorBytes.file("a.proto", package: "p.q", imports: ["google/protobuf/struct.proto"]) {
      $0.message("M") {
        $0.field("a", 1)
        $0.field("m", 2, type: 11, typeName: "M.N") { $0.number(9, 0) }
        $0.field("e", 3, type: 14, typeName: ".p.q.E") { $0.number(9, 0) }
        $0.field("o", 4) {
          $0.number(9, 1)
          $0.number(17, 1)
        }
        $0.nested("N") { $0.field("s", 1, type: 11, label: 3, typeName: ".google.protobuf.Value") }
        $0.nested("FEntry") {
          $0.field("key", 1, type: 9)
          $0.field("value", 2, type: 11, typeName: ".p.q.M")
          $0.group(7) { $0.number(7, 1) }
        }
        $0.field("f", 5, type: 11, label: 3, typeName: ".p.q.M.FEntry")
        $0.oneof("choice")
        $0.oneof("_o")
      }
      $0.enumeration("E", [("ZERO", 0), ("ONE", 1)])
      $0.service("S") {
        $0.method("Do", ".p.q.M", "M.N") {
          $0.group(72_295_728) {
            $0.string(2, "/v1/{a=x/*}")
            $0.group(11) { $0.string(4, "/v2") }
          }
        }
      }
    }
  }

  /// What a pool is used for must work on whatever has been let in.
  private func use(_ pool: DescriptorPool) throws {
    for message in pool.messages {
      for field in message.fields {
        #expect(message.field(number: field.number) === field)
        #expect((field.messageType != nil) == (field.type == .message || field.type == .group))
        #expect((field.enumType != nil) == (field.type == .enum))
        if field.isMap { #expect(field.mapKey != nil && field.mapValue != nil) }
      }
      _ = MessageLayout(message)
    }
    #expect(try DescriptorPool(fileDescriptorSet: pool.fileDescriptorSet()).files.count == pool.files.count)
  }

  @Test func damagedSets() throws {
    let seconds = ProcessInfo.processInfo.environment["WEFT_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    let seeds = [seedFile, ProtoFile_google__protobuf__type.file.pool.files.last?.serialized ?? []]
    var accepted = 0
    var seed: UInt64 = 0
    repeat {
      for _ in 0..<2000 {
        seed += 1
        var generator = SeededRandom(seed: seed)
        let bytes = damage(seeds[Int(seed % 2)], &generator)
        if let pool = try? DescriptorPool(serializedFiles: [bytes]) {
          accepted += 1
          try use(pool)
        }
      }
    } while ContinuousClock.now < end
    // Damage to a name or a number is none: without these the test would not reach what comes after.
    #expect(accepted > 0)
  }
}
