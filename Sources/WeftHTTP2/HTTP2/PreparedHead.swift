import CNghttp2

/// A request's head that is sent many times, in the form that nghttp2 takes: nothing is built or copied when it
/// is. nghttp2 reads the texts until the frame has left, so whoever sends one keeps it that long.
final class PreparedHead {
  private let texts: UnsafeMutablePointer<UInt8>
  private let pairs: UnsafeMutablePointer<nghttp2_nv>
  private let count: Int

  init(_ head: HTTP2Head) {
    var fields = [
      (":method", head.method), (":scheme", head.scheme), (":path", head.path),
      (":authority", head.authority),
    ]
    for field in head.fields.storage { fields.append((field.name, field.value)) }
    count = fields.count
    texts = .allocate(capacity: max(fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }, 1))
    pairs = .allocate(capacity: fields.count)
    var next = texts
    func copy(_ text: String) -> (UnsafeMutablePointer<UInt8>, Int) {
      let start = next
      for byte in text.utf8 {
        next.initialize(to: byte)
        next += 1
      }
      return (start, next - start)
    }
    for (index, field) in fields.enumerated() {
      let (name, value) = (copy(field.0), copy(field.1))
      (pairs + index).initialize(
        to: nghttp2_nv(
          name: name.0, value: value.0, namelen: name.1, valuelen: value.1,
          flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
    }
  }

  deinit {
    texts.deallocate()
    pairs.deallocate()
  }

  var fields: UnsafeBufferPointer<nghttp2_nv> { UnsafeBufferPointer(start: pairs, count: count) }
}

/// The heads that a connection sends again and again, by what its user calls them by. Kept as long as the
/// connection, and so as long as nghttp2 may read them.
struct PreparedHeads {
  private var heads: [ObjectIdentifier: (key: AnyObject, head: PreparedHead)] = [:]
  private var last: (key: AnyObject, head: PreparedHead)?

  /// More than any service has methods.
  private static let most = 1_000

  /// - Returns: nil when there are so many already that no more are kept.
  mutating func head(for key: AnyObject, _ make: () -> HTTP2Head) -> PreparedHead? {
    if let last, last.key === key { return last.head }
    let id = ObjectIdentifier(key)
    if let known = heads[id] {
      last = known
      return known.head
    }
    if heads.count >= Self.most { return nil }
    let made = (key: key, head: PreparedHead(make()))
    heads[id] = made
    last = made
    return made.head
  }
}
