import CProtobufC
import CWeftTestMessages
import Testing

@testable import WeftProtobuf

@Suite struct MessageLayoutTests {
  /// Fields that protoc-gen-c lays out otherwise: a map's key cannot be changed to bytes for it.
  @Test(arguments: [
    "Scalars", "Lists", "Maps", "Choice", "Presence", "Tree", "Scattered", "Person",
  ])
  func agreesWithProtocGenC(message: String) throws {
    try compare(ours: "test.\(message)", theirs: "layout.\(message)")
  }

  @Test func agreesWithProtocGenCOnProto2() throws {
    try compare(ours: "test2.Old", theirs: "layout2.Old")
  }

  private func compare(ours: String, theirs: String) throws {
    let descriptor = try TestPool.type(ours)
    let layout = MessageLayout(descriptor)
    let generated = try Stock.type(theirs).pointee
    #expect(layout.size == generated.sizeof_message)
    #expect(layout.fields.count == Int(generated.n_fields))
    for (field, place) in zip(descriptor.fields, layout.fields) {
      let theirs = generated.fields[place.index]
      #expect(String(cString: theirs.name) == field.name)
      #expect(Int(theirs.id) == field.number)
      #expect(Int(theirs.offset) == place.offset, "\(field.name)")
      #expect(Int(theirs.quantifier_offset) == place.quantifier ?? 0, "\(field.name)")
    }
  }

  @Test func theTablesHoldWhatTheLayoutSays() throws {
    for descriptor in TestPool.shared.messages {
      let layout = MessageLayout(descriptor)
      let table = descriptor.tables.table.pointee
      #expect(table.sizeof_message == layout.size)
      for place in layout.fields {
        #expect(Int(table.fields[place.index].id) == place.number)
        #expect(Int(table.fields[place.index].offset) == place.offset)
      }
    }
  }

  @Test func theTableOfNumbersFindsEveryFieldAndNoOther() throws {
    let tables = try TestPool.type("test.Scattered").tables
    for number in [3, 4, 5, 1000, 1001, 536_870_911] as [UInt32] {
      let index = try #require(tables.index(ofNumber: number))
      #expect(tables.fields[index].number == Int32(number))
    }
    for number in [0, 1, 2, 6, 999, 1002, 536_870_910, 536_870_912, .max] as [UInt32] {
      #expect(tables.index(ofNumber: number) == nil)
    }
  }
}
