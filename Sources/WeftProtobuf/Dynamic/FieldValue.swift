/// The value of a field of a ``DynamicMessage``.
public enum FieldValue {
  case int32(Int32)
  case int64(Int64)
  case uint32(UInt32)
  case uint64(UInt64)
  case float(Float)
  case double(Double)
  case bool(Bool)
  case string(String)
  case bytes([UInt8])
  case enumeration(Int32)
  case message(DynamicMessage)
  case list([FieldValue])
  case map([(key: FieldValue, value: FieldValue)])
}

/// A value that a field cannot hold.
public struct FieldValueError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Full name of the field.
  public let field: String
  public let reason: String

  public var description: String { "\(field): \(reason)" }
}

extension DynamicMessage {
  /// Whether the field is set: repeated ones when they have elements, those without presence when they differ from
  /// their default.
  public func has(_ field: FieldDescriptor) -> Bool {
    guard let codec = tables.field(field) else { return false }
    return codec.isRepeated
      ? CStruct.count(of: codec, in: pointer) > 0 : CStruct.isPresent(codec, in: pointer)
  }

  /// The value; nil for a field that has presence and is not set. A message shares memory with this one.
  public func get(_ field: FieldDescriptor) -> FieldValue? {
    guard let codec = tables.field(field) else { return nil }
    if codec.isRepeated { return repeated(codec) }
    if codec.hasPresence && !CStruct.isPresent(codec, in: pointer) { return nil }
    return value(at: pointer + codec.offset, codec)
  }

  private func repeated(_ codec: FieldCodec) -> FieldValue {
    let count = CStruct.count(of: codec, in: pointer)
    guard count > 0, let elements = CStruct.elements(of: codec, in: pointer) else {
      return codec.isMap ? .map([]) : .list([])
    }
    guard codec.isMap else {
      return .list((0..<count).map { value(at: elements + $0 * codec.elementSize, codec) })
    }
    let (key, mapped) = (codec.child.fields[0], codec.child.fields[1])
    return .map(
      (0..<count).compactMap { index in
        guard let entry = CStruct.child(at: elements + index * 8) else { return nil }
        return (value(at: entry + key.offset, key), value(at: entry + mapped.offset, mapped))
      })
  }

  private func value(at place: UnsafeRawPointer, _ codec: FieldCodec) -> FieldValue {
    switch codec.type {
    case .int32, .sint32, .sfixed32: return .int32(place.load(as: Int32.self))
    case .int64, .sint64, .sfixed64: return .int64(place.load(as: Int64.self))
    case .uint32, .fixed32: return .uint32(place.load(as: UInt32.self))
    case .uint64, .fixed64: return .uint64(place.load(as: UInt64.self))
    case .float: return .float(place.load(as: Float.self))
    case .double: return .double(place.load(as: Double.self))
    case .bool: return .bool(place.load(as: Int32.self) != 0)
    case .string: return .string(CField.string(place, 0))
    case .bytes: return .bytes(CField.bytes(place, 0))
    case .enum: return .enumeration(place.load(as: Int32.self))
    case .message, .group:
      guard let child = CStruct.child(at: place) else { return .message(emptyMessage(codec.child)) }
      return .message(DynamicMessage(child, codec.child, in: storage))
    }
  }

  /// Stands for a message that was not sent. Its arena is its own, since this one may be full.
  private func emptyMessage(_ tables: MessageCodec) -> DynamicMessage {
    if let child = arena.newMessage(tables) { return DynamicMessage(child, tables, in: storage) }
    return DynamicMessage(tables.descriptor, pool: storage.pool)
  }

  /// As if the field had never been set.
  public func clear(_ field: FieldDescriptor) {
    if let codec = tables.field(field) { CStruct.clear(codec, in: pointer) }
  }

  /// Replaces the value of a field. Messages are copied.
  /// - Throws: ``FieldValueError`` when the value is of another kind.
  public func set(_ field: FieldDescriptor, to value: FieldValue) throws {
    guard let codec = tables.field(field) else {
      throw FieldValueError(field: field.fullName, reason: "is no field of \(descriptor.fullName)")
    }
    switch (value, codec.isRepeated) {
    case (.list(let elements), true) where !codec.isMap:
      CStruct.clear(codec, in: pointer)
      for element in elements { try store(element, at: place(codec), codec, field) }
    case (.map(let entries), true) where codec.isMap:
      CStruct.clear(codec, in: pointer)
      for (key, value) in entries { try append(key, value, codec, field) }
      guard arena.uniqueEntries(of: codec, in: pointer, from: 0) != .outOfMemory else { throw full(field) }
    case (_, false):
      try store(value, at: CStruct.present(codec, in: pointer), codec, field)
    default:
      throw FieldValueError(field: field.fullName, reason: "takes a \(codec.isMap ? "map" : "list")")
    }
  }

  private func append(
    _ key: FieldValue, _ value: FieldValue, _ codec: FieldCodec, _ field: FieldDescriptor
  ) throws {
    guard let entry = arena.newMessage(codec.child) else { throw full(field) }
    let (keyField, valueField) = (codec.child.fields[0], codec.child.fields[1])
    try store(key, at: entry + keyField.offset, keyField, field)
    try store(value, at: entry + valueField.offset, valueField, field)
    try place(codec, field).storeBytes(of: entry, as: UnsafeMutableRawPointer.self)
  }

  private func place(_ codec: FieldCodec, _ field: FieldDescriptor? = nil) throws -> UnsafeMutableRawPointer {
    guard let place = arena.append(to: pointer, codec) else {
      throw FieldValueError(
        field: field?.fullName ?? "", reason: "the message needs more memory than it may have")
    }
    return place
  }

  private func full(_ field: FieldDescriptor) -> FieldValueError {
    FieldValueError(field: field.fullName, reason: "the message needs more memory than it may have")
  }

  private func store(
    _ value: FieldValue, at place: UnsafeMutableRawPointer, _ codec: FieldCodec, _ field: FieldDescriptor
  ) throws {
    switch (codec.type, value) {
    case (.int32, .int32(let value)), (.sint32, .int32(let value)), (.sfixed32, .int32(let value)),
      (.enum, .enumeration(let value)):
      CField.set(value, place, 0)
    case (.int64, .int64(let value)), (.sint64, .int64(let value)), (.sfixed64, .int64(let value)):
      CField.set(value, place, 0)
    case (.uint32, .uint32(let value)), (.fixed32, .uint32(let value)): CField.set(value, place, 0)
    case (.uint64, .uint64(let value)), (.fixed64, .uint64(let value)): CField.set(value, place, 0)
    case (.float, .float(let value)): CField.set(value, place, 0)
    case (.double, .double(let value)): CField.set(value, place, 0)
    case (.bool, .bool(let value)): CField.set(value, place, 0)
    case (.string, .string(let value)):
      CStruct.setData(nil, 0, at: place)
      try CField.set(value, place, 0, arena)
    case (.bytes, .bytes(let value)):
      CStruct.setData(nil, 0, at: place)
      try CField.set(value, place, 0, arena)
    case (.message, .message(let value)) where value.descriptor.fullName == codec.child.descriptor.fullName:
      guard let child = arena.newMessage(codec.child) else { throw full(field) }
      place.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
      try DynamicMessage(child, codec.child, in: storage).merge(serialized: value.serialized())
    default:
      throw FieldValueError(field: field.fullName, reason: "cannot hold this kind of value")
    }
  }
}
