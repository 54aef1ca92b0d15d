import Testing

@testable import WeftProtobuf

@Suite struct DynamicMessageTests {
  private func path(_ type: String, _ names: String...) throws -> [FieldDescriptor] {
    var message = try TestPool.type(type)
    var result: [FieldDescriptor] = []
    for name in names {
      let field = try #require(message.field(named: name))
      result.append(field)
      if let next = field.messageType { message = next }
    }
    return result
  }

  private func json(_ message: DynamicMessage) throws -> String {
    String(decoding: try message.json(), as: UTF8.self)
  }

  // MARK: JSON into a field

  @Test func jsonGoesIntoANestedField() throws {
    let message = try TestPool.new("test.Tree")
    try message.merge(json: Array(#"{"name":"x"}"#.utf8), into: try path("test.Tree", "left", "right"))
    try message.merge(json: Array(#" "n" "#.utf8), into: try path("test.Tree", "left", "name"))
    try message.merge(json: Array(#"[{},{}]"#.utf8), into: try path("test.Tree", "children"))
    #expect(try json(message) == #"{"left":{"right":{"name":"x"},"name":"n"},"children":[{},{}]}"#)
    let error = try #require(throws: JSONDecodingError.self) {
      try message.merge(json: Array("{\"name\":1}".utf8), into: try path("test.Tree", "left", "right"))
    }
    #expect(error.path == "left.right.name")
  }

  // MARK: Text

  @Test func textSetsEveryKindOfScalar() throws {
    let message = try TestPool.new("test.Scalars")
    for (name, text) in [
      ("a_double", "1.5"), ("a_float", "-2"), ("an_int32", "-3"), ("an_int64", "-9223372036854775808"),
      ("a_uint32", "5"),
      ("a_uint64", "18446744073709551615"), ("a_bool", "true"), ("a_string", "世 界"), ("some_bytes", "-_8"),
      ("a_colour", "COLOUR_GREEN"),
    ] {
      try message.setText(text, path: try path("test.Scalars", name))
    }
    #expect(
      try json(message) == """
        {"aDouble":1.5,"aFloat":-2,"anInt32":-3,"anInt64":"-9223372036854775808","aUint32":5,\
        "aUint64":"18446744073709551615","aBool":true,"aString":"世 界","someBytes":"+/8=","aColour":"COLOUR_GREEN"}
        """)
    try message.setText("1", path: try path("test.Scalars", "a_colour"))
    #expect(try json(message).hasSuffix(#""aColour":"COLOUR_RED"}"#))
  }

  @Test func textAppendsToLists() throws {
    let message = try TestPool.new("test.Lists")
    for text in ["1", "2"] { try message.setText(text, path: try path("test.Lists", "int32s")) }
    for text in ["a", "b"] { try message.setText(text, path: try path("test.Lists", "strings")) }
    #expect(try json(message) == #"{"int32s":[1,2],"strings":["a","b"]}"#)
  }

  @Test func textSetsWellKnownTypes() throws {
    let message = try TestPool.new("test.WellKnown")
    for (name, text) in [
      ("time", "2024-01-01T00:00:00Z"), ("duration", "1.5s"), ("mask", "a,fooBar"), ("an_int32", "0"),
      ("a_string", ""), ("value", "x"),
    ] {
      try message.setText(text, path: try path("test.WellKnown", name))
    }
    #expect(
      try json(message) == """
        {"time":"2024-01-01T00:00:00Z","duration":"1.500s","mask":"a,fooBar","value":"x","anInt32":0,"aString":""}
        """)
  }

  @Test(arguments: [
    ("an_int32", "x"), ("an_int32", ""), ("an_int32", "2147483648"), ("an_int32", " 1"), ("a_bool", "1"),
    ("a_double", "one"),
    ("some_bytes", "a"), ("a_colour", "PINK"), ("a_uint32", "-1"),
  ])
  func wrongTextIsRefused(name: String, text: String) throws {
    let message = try TestPool.new("test.Scalars")
    let path = try path("test.Scalars", name)
    let error = try #require(throws: JSONDecodingError.self) { try message.setText(text, path: path) }
    #expect(error.path == path[0].jsonName)
    #expect(error.reason.hasPrefix("\"\(text)\" "))
  }

  @Test func textCannotSetMessagesAndMaps() throws {
    let message = try TestPool.new("test.Tree")
    #expect(throws: JSONDecodingError.self) { try message.setText("x", path: try path("test.Tree", "left")) }
    #expect(throws: JSONDecodingError.self) { try message.setText("x", path: try path("test.Tree", "named")) }
    #expect(throws: JSONDecodingError.self) { try message.setText("x", path: []) }
    #expect(throws: JSONDecodingError.self) {
      try message.setText("x", path: try path("test.Tree", "children", "name"))
    }
    #expect(throws: JSONDecodingError.self) {
      try message.setText("x", path: try path("test.Scalars", "a_string") + path("test.Tree", "name"))
    }
    #expect(try message.serialized() == [])
  }

  // MARK: Values

  @Test func valuesCanBeSetReadAndCleared() throws {
    let message = try TestPool.new("test.Choice")
    let fields = message.descriptor
    let number = try #require(fields.field(named: "number"))
    let text = try #require(fields.field(named: "text"))
    let scalars = try #require(fields.field(named: "scalars"))
    #expect(!message.has(number))
    try message.set(number, to: .int32(5))
    #expect(message.has(number))
    try message.set(text, to: .string("x"))
    #expect(!message.has(number))
    #expect(message.has(text))
    message.clear(number)
    #expect(message.has(text))
    let inner = try TestPool.decodeJSON("test.Scalars", #"{"anInt32":1}"#)
    try message.set(scalars, to: .message(inner))
    #expect(try json(message) == #"{"scalars":{"anInt32":1}}"#)
    message.clear(scalars)
    #expect(try json(message) == "{}")
    #expect(throws: FieldValueError.self) { try message.set(number, to: .string("x")) }
    #expect(throws: FieldValueError.self) { try message.set(scalars, to: .message(message)) }
    #expect(throws: FieldValueError.self) { try message.set(number, to: .list([])) }
  }

  @Test func listsAndMapsCanBeSet() throws {
    let lists = try TestPool.new("test.Lists")
    try lists.set(
      try #require(lists.descriptor.field(named: "strings")), to: .list([.string("a"), .string("")]))
    #expect(try json(lists) == #"{"strings":["a",""]}"#)
    let maps = try TestPool.new("test.Maps")
    let counts = try #require(maps.descriptor.field(named: "counts"))
    try maps.set(
      counts, to: .map([(.string("a"), .int32(1)), (.string("b"), .int32(2)), (.string("a"), .int32(3))]))
    #expect(try json(maps) == #"{"counts":{"a":3,"b":2}}"#)
  }

  @Test func messagesOutliveThePoolTheyWereGiven() throws {
    var pool: DescriptorPool? = try DescriptorPool(fileDescriptorSet: TestPool.shared.fileDescriptorSet())
    let message: DynamicMessage
    do {
      let type = try #require(pool?.message(named: "weft.test.Tree"))
      message = DynamicMessage(type, pool: try #require(pool))
    }
    pool = nil
    try message.merge(json: Array(#"{"left":{"name":"x"}}"#.utf8))
    #expect(try json(message) == #"{"left":{"name":"x"}}"#)
  }
}
