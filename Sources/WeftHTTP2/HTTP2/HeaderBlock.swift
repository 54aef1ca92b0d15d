import CNghttp2

/// Header fields in the form that nghttp2 takes, built without an allocation per field.
///
/// Texts are copied one after another into one buffer that is kept for the next block. nghttp2 copies
/// them again while it submits, so nothing here has to outlive ``withPairs(_:)``; only the bytes of
/// `StaticString`s, which are never freed, are lent to it for good (`NO_COPY`).
struct HeaderBlock {
  private enum Text {
    case fixed(UnsafePointer<UInt8>, Int)
    case copied(offset: Int, count: Int)
  }

  private var bytes: [UInt8] = []
  private var fields: [(name: Text, value: Text)] = []
  private var pairs: [nghttp2_nv] = []

  init() {
    bytes.reserveCapacity(1024)
    fields.reserveCapacity(16)
    pairs.reserveCapacity(16)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  mutating func add(_ name: StaticString, _ value: StaticString) {
    fields.append((Self.fixed(name), Self.fixed(value)))
  }

  mutating func add(_ name: StaticString, _ value: String) {
    fields.append((Self.fixed(name), copy(value)))
  }

  mutating func add(_ name: String, _ value: String) {
    let name = copy(name)
    fields.append((name, copy(value)))
  }

  mutating func add(_ more: HTTPFields) {
    for field in more.storage { add(field.name, field.value) }
  }

  mutating func addStatus(_ status: Int) {
    if status == 200 { add(":status", "200") } else { add(":status", String(status)) }
  }

  /// Calls `body` with the fields, those of `head` first; the pointers end with the call.
  mutating func withPairs<R>(
    after head: PreparedHead? = nil, _ body: (UnsafePointer<nghttp2_nv>?, Int) -> R
  ) -> R {
    pairs.removeAll(keepingCapacity: true)
    if let head { pairs.append(contentsOf: head.fields) }
    return bytes.withUnsafeMutableBufferPointer { buffer in
      // An empty array may have no base address; no copied text exists then.
      let base = buffer.baseAddress ?? Self.emptyText
      for field in fields {
        var pair = nghttp2_nv()
        var flags = NGHTTP2_NV_FLAG_NONE.rawValue
        switch field.name {
        case .fixed(let pointer, let count):
          pair.name = UnsafeMutablePointer(mutating: pointer)
          pair.namelen = count
          flags |= NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue
        case .copied(let offset, let count):
          pair.name = base + offset
          pair.namelen = count
        }
        switch field.value {
        case .fixed(let pointer, let count):
          pair.value = UnsafeMutablePointer(mutating: pointer)
          pair.valuelen = count
          flags |= NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
        case .copied(let offset, let count):
          pair.value = base + offset
          pair.valuelen = count
        }
        pair.flags = UInt8(truncatingIfNeeded: flags)
        pairs.append(pair)
      }
      return pairs.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }
  }

  private static func fixed(_ text: StaticString) -> Text {
    precondition(text.hasPointerRepresentation, "header texts have more than one scalar or none")
    return .fixed(text.utf8Start, text.utf8CodeUnitCount)
  }

  private mutating func copy(_ text: String) -> Text {
    let offset = bytes.count
    bytes.append(contentsOf: text.utf8)
    return .copied(offset: offset, count: bytes.count - offset)
  }

  // Sound: never written to; it only stands in for the address of no bytes at all.
  private nonisolated(unsafe) static let emptyText = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
}
