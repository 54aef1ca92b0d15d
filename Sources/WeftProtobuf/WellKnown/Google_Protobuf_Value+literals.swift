// Values of google.protobuf.Struct written as Swift literals: `["a": [1, true, nil]]`.

extension Google_Protobuf_Value: ExpressibleByNilLiteral {
  public init(nilLiteral: ()) { self = .null }

  public static var null: Self { .with { $0.kind = .nullValue(.nullValue) } }
}

extension Google_Protobuf_Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }

  public init(integerLiteral value: Int) { self.init(Double(value)) }

  public init(_ value: Double) {
    self.init()
    kind = .numberValue(value)
  }
}

extension Google_Protobuf_Value: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }

  public init(_ value: String) {
    self.init()
    kind = .stringValue(value)
  }
}

extension Google_Protobuf_Value: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self.init(value) }

  public init(_ value: Bool) {
    self.init()
    kind = .boolValue(value)
  }
}

extension Google_Protobuf_Value: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Google_Protobuf_Value...) {
    self.init()
    listValue = .with { $0.values = elements }
  }
}

extension Google_Protobuf_Value: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Google_Protobuf_Value)...) {
    self.init()
    structValue = .with { $0.fields = Dictionary(elements, uniquingKeysWith: { $1 }) }
  }
}

extension Google_Protobuf_Struct: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Google_Protobuf_Value)...) {
    self.init()
    fields = Dictionary(elements, uniquingKeysWith: { $1 })
  }

  public subscript(name: String) -> Google_Protobuf_Value? {
    get { fields[name] }
    set { fields[name] = newValue }
  }
}

extension Google_Protobuf_ListValue: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Google_Protobuf_Value...) {
    self.init()
    values = elements
  }
}
