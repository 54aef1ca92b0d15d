import CNghttp2

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

  mutating func begin() {
    head = HTTP2Head()
    head.fields.reserveCapacity(8)
    bytes = 0
    count = 0
    isTooLarge = false
  }

  /// Gives the block to the stream that it belongs to.
  mutating func finish(_ stream: HTTP2Stream) {
    swap(&head, &stream.head)
    if isTooLarge { stream.headersTooLarge = true }
    head = HTTP2Head()
  }

  mutating func add(name: OpaquePointer, value: OpaquePointer, limits: HTTPLimits) {
    let nameText = nghttp2_rcbuf_get_buf(name)
    bytes += nameText.len + nghttp2_rcbuf_get_buf(value).len + 32
    count += 1
    if bytes > limits.maxHeaderBytes || count > limits.maxHeaderCount {
      isTooLarge = true
      return
    }
    let text = texts.text(of: value)
    guard nameText.len > 1, let base = nameText.base, base[0] == UInt8(ascii: ":") else {
      head.fields.add(lowercased: texts.text(of: name), text)
      return
    }
    switch (base[1], nameText.len) {
    case (UInt8(ascii: "m"), _): head.method = text
    case (UInt8(ascii: "p"), 5): head.path = text
    case (UInt8(ascii: "a"), _): head.authority = text
    case (UInt8(ascii: "s"), 7) where base[2] == UInt8(ascii: "t"): head.status = Int(text) ?? 0
    case (UInt8(ascii: "s"), 7): head.scheme = text
    default: break
    }
  }
}

/// Swift strings of nghttp2's reference-counted buffers.
struct TextCache: ~Copyable {
  /// Longer texts are made anew each time, so that a cache holds little of what a peer sends.
  private static let maxBytes = 64
  private static let slots = 32

  private var entries = [(buffer: OpaquePointer?, text: String)](repeating: (nil, ""), count: slots)
  /// The last long text that no table had: most callers call one method many times.
  private var last = ""

  deinit {
    for entry in entries { if let buffer = entry.buffer { nghttp2_rcbuf_decref(buffer) } }
  }

  mutating func text(of buffer: OpaquePointer) -> String {
    let slot = (Int(bitPattern: buffer) >> 5) & (Self.slots - 1)
    if entries[slot].buffer == buffer { return entries[slot].text }
    let bytes = nghttp2_rcbuf_get_buf(buffer)
    let source = UnsafeBufferPointer(start: bytes.base, count: bytes.len)
    if bytes.len > 15, last.utf8.count == bytes.len, last.utf8.elementsEqual(source) { return last }
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
