/// Members with their values, and lists.
extension JSONOutput {
  package mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  package mutating func field(_ name: StaticString, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }

  package mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    boolean(value)
  }

  package mutating func field(_ name: StaticString, _ values: [String]) {
    key(name)
    array(values) { $0.string($1) }
  }

  /// An object with the members in the order of their names.
  package mutating func field(_ name: StaticString, _ values: [String: String]) {
    key(name)
    beginObject()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      key(name)
      string(value)
    }
    endObject()
  }

  package mutating func array<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONOutput, Element) -> Void
  ) {
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }
}
