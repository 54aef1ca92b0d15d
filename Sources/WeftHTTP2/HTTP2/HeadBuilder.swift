import CNghttp2
import Glibc

/// Collects the fields of the header block that is being received.
///
/// nghttp2 hands out the texts of its HPACK tables as the same buffer each time, so their Swift strings
/// are kept beside the buffer's address: what comes with every call is made into a string once.
struct HeadBuilder: ~Copyable {
  private var head = HTTP2Head()
  private var bytes = 0
  private var count = 0
  private var isTooLarge = false
  private var texts = TextCache()
  // Apart, because heads and trailers take turns.
  private var repeated = RepeatedFields(firstVersion: 0)
  private var repeatedTrailers = RepeatedFields(firstVersion: 1)
  private var isTrailers = false

  /// Longer blocks are not kept to be compared with the next.
  private static let maxKeptBytes = 4096

  /// Times the limits that a block may decode to before it ends the connection: what is a little too long is only
  /// answered with 431.
  static let bombFactor = 8

  mutating func begin(isTrailers: Bool) {
    head = HTTP2Head()
    self.isTrailers = isTrailers
    if isTrailers { repeatedTrailers.begin() } else { repeated.begin() }
    bytes = 0
    count = 0
    isTooLarge = false
  }

  /// Gives the block to the stream that it belongs to.
  mutating func finish(_ stream: HTTP2Stream) {
    let keep = !isTooLarge && bytes <= Self.maxKeptBytes
    (head.fields, head.fieldsVersion) =
      isTrailers ? repeatedTrailers.finish(keep: keep) : repeated.finish(keep: keep)
    swap(&head, &stream.head)
    if isTooLarge { stream.headersTooLarge = true }
    head = HTTP2Head()
  }

  /// - Returns: false when the block is so far over the limits that nobody means it: every field costs nghttp2 a look
  ///   at all its bytes, and a byte of the block can stand for a whole entry of the table (an HPACK bomb).
  mutating func add(name: OpaquePointer, value: OpaquePointer, limits: HTTPLimits) -> Bool {
    let nameText = nghttp2_rcbuf_get_buf(name)
    bytes += nameText.len + nghttp2_rcbuf_get_buf(value).len + 32
    count += 1
    if bytes > limits.maxHeaderBytes || count > limits.maxHeaderCount {
      isTooLarge = true
      return bytes / Self.bombFactor <= limits.maxHeaderBytes
        && count / Self.bombFactor <= limits.maxHeaderCount
    }
    guard nameText.len > 1, let base = nameText.base, base[0] == UInt8(ascii: ":") else {
      if isTrailers {
        repeatedTrailers.take(name, value, &texts)
      } else {
        repeated.take(name, value, &texts)
      }
      return true
    }
    let text = texts.text(of: value)
    switch (base[1], nameText.len) {
    case (UInt8(ascii: "m"), _): head.method = text
    case (UInt8(ascii: "p"), 5): head.path = text
    case (UInt8(ascii: "a"), _): head.authority = text
    case (UInt8(ascii: "s"), 7) where base[2] == UInt8(ascii: "t"): head.status = Int(text) ?? 0
    case (UInt8(ascii: "s"), 7): head.scheme = text
    default: break
    }
    return true
  }
}

/// The fields of a block, without pseudo-header fields. Most blocks on a connection have the same as the one before,
/// and then share its array.
private struct RepeatedFields: ~Copyable {
  /// nghttp2's buffers of the fields, counted, so that no other text gets their addresses.
  private var keys: [(name: OpaquePointer, value: OpaquePointer)] = []
  private var fields = HTTPFields()
  /// Even of heads, odd of trailers: one says nothing of the other.
  private var version: Int
  /// Fields of this block that are those of the last one.
  private var matched = 0
  private var isSame = true

  /// A block with more is not kept for the next.
  private static let maxKept = 32

  init(firstVersion: Int) {
    version = firstVersion
  }

  deinit {
    for key in keys {
      nghttp2_rcbuf_decref(key.name)
      nghttp2_rcbuf_decref(key.value)
    }
  }

  mutating func begin() {
    matched = 0
    isSame = true
  }

  @inline(__always)
  mutating func take(_ name: OpaquePointer, _ value: OpaquePointer, _ texts: inout TextCache) {
    if !matches(name, value) { add(name, value, texts.text(of: name), texts.text(of: value)) }
  }

  private mutating func matches(_ name: OpaquePointer, _ value: OpaquePointer) -> Bool {
    guard isSame, matched < keys.count, Self.isSame(keys[matched].name, name),
      Self.isSame(keys[matched].value, value)
    else { return false }
    matched += 1
    return true
  }

  /// Texts of nghttp2's tables are the same buffer each time; others are made anew.
  @inline(__always)
  private static func isSame(_ a: OpaquePointer, _ b: OpaquePointer) -> Bool {
    if a == b { return true }
    let (a, b) = (nghttp2_rcbuf_get_buf(a), nghttp2_rcbuf_get_buf(b))
    guard a.len == b.len else { return false }
    guard let a = a.base, let other = b.base else { return b.len == 0 }
    return memcmp(a, other, b.len) == 0
  }

  private mutating func add(
    _ name: OpaquePointer, _ value: OpaquePointer, _ nameText: String, _ valueText: String
  ) {
    if isSame { differ() }
    fields.add(lowercased: nameText, valueText)
    nghttp2_rcbuf_incref(name)
    nghttp2_rcbuf_incref(value)
    keys.append((name, value))
  }

  /// Keeps only what this block has in common with the last one.
  private mutating func differ() {
    isSame = false
    version &+= 2
    for key in keys[matched...] {
      nghttp2_rcbuf_decref(key.name)
      nghttp2_rcbuf_decref(key.value)
    }
    keys.removeLast(keys.count - matched)
    fields = fields.prefix(fields: matched)
  }

  /// - Returns: the fields, and a number that changes with them.
  mutating func finish(keep: Bool) -> (HTTPFields, Int) {
    if isSame, matched < keys.count { differ() }
    let result = (fields, version)
    if !keep || keys.count > Self.maxKept {
      matched = 0
      differ()
    }
    return result
  }
}

/// Swift strings of nghttp2's reference-counted buffers.
struct TextCache: ~Copyable {
  /// Longer texts are made anew each time, so that a cache holds little of what a peer sends.
  private static let maxBytes = 64
  private static let slots = 16

  /// Empty until there is a text.
  private var entries: [(buffer: OpaquePointer?, text: String)] = []
  /// The last long text that no table had: most callers call one method many times.
  private var last = ""

  deinit {
    for entry in entries { if let buffer = entry.buffer { nghttp2_rcbuf_decref(buffer) } }
  }

  mutating func text(of buffer: OpaquePointer) -> String {
    let slot = (Int(bitPattern: buffer) >> 5) & (Self.slots - 1)
    if entries.isEmpty { entries = Array(repeating: (nil, ""), count: Self.slots) }
    if entries[slot].buffer == buffer { return entries[slot].text }
    let bytes = nghttp2_rcbuf_get_buf(buffer)
    let source = UnsafeBufferPointer(start: bytes.base, count: bytes.len)
    if bytes.len > 15, last.isSame(source) { return last }
    let text = String(decoding: source, as: UTF8.self)
    if bytes.len <= Self.maxBytes {
      if bytes.len > 15 { last = text }
      // Counted, so that the address is not used for another text while it stands here.
      nghttp2_rcbuf_incref(buffer)
      if let old = entries[slot].buffer { nghttp2_rcbuf_decref(old) }
      entries[slot] = (buffer, text)
    }
    return text
  }
}

extension String {
  fileprivate func isSame(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    utf8.withContiguousStorageIfAvailable { own in
      guard own.count == bytes.count, let a = own.baseAddress, let b = bytes.baseAddress else { return false }
      return memcmp(a, b, bytes.count) == 0
    } ?? utf8.elementsEqual(bytes)
  }
}
