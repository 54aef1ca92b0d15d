extension JSONWriter {
  /// One value that lies at `place`: a member, or an element of an array.
  mutating func element(_ place: UnsafeRawPointer, _ field: FieldCodec) throws(JSONEncodingError) {
    switch field.type {
    case .double: sink.number(place.load(as: Double.self))
    case .float: sink.number(place.load(as: Float.self))
    case .int32, .sint32, .sfixed32: sink.signed(Int64(place.load(as: Int32.self)))
    case .uint32, .fixed32: sink.unsigned(UInt64(place.load(as: UInt32.self)))
    case .int64, .sint64, .sfixed64:
      // Quoted, because many readers hold numbers as doubles.
      sink.put("\"")
      sink.signed(place.load(as: Int64.self))
      sink.put("\"")
    case .uint64, .fixed64:
      sink.put("\"")
      sink.unsigned(place.load(as: UInt64.self))
      sink.put("\"")
    case .bool: sink.append(place.load(as: Int32.self) != 0 ? "true" : "false")
    case .string: sink.quoted(CStruct.data(at: place))
    case .bytes: sink.base64(CStruct.data(at: place))
    case .enum: enumeration(place.load(as: Int32.self), field.enumeration)
    case .message, .group: try message(CStruct.child(at: place).map { UnsafeRawPointer($0) }, field.child)
    }
  }

  /// The name; the number when there is no name for it.
  private mutating func enumeration(_ number: Int32, _ codec: EnumCodec) {
    if codec.isNullValue {
      sink.append("null")
    } else if !options.enumsAsIntegers, let name = codec.quotedName(number) {
      sink.append(name)
    } else {
      sink.signed(Int64(number))
    }
  }
}
