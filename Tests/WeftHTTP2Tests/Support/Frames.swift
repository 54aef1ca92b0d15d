/// HTTP/2 frames by hand (RFC 9113, 4.1).
struct Frame: Sendable {
  enum Kind {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9
  }

  static let endStream: UInt8 = 1
  static let ack: UInt8 = 1
  static let endHeaders: UInt8 = 4
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  /// A client's first bytes.
  static let opening = preface + Frame(Kind.settings).bytes

  var type: UInt8
  var flags: UInt8
  var stream: UInt32
  var payload: [UInt8]

  init(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
    self.type = type
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  var bytes: [UInt8] {
    let count = payload.count
    return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
      + Self.number(stream) + payload
  }

  static func number(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
  }

  /// A request's head, as literals that enter no table.
  static func request(
    stream: UInt32, path: String = "/", fields: [(String, String)] = [], end: Bool = true
  ) -> [UInt8] {
    let block =
      fieldBlock([(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "a")])
      + fieldBlock(fields)
    return Frame(Kind.headers, flags: endHeaders | (end ? endStream : 0), stream: stream, block).bytes
  }

  static func fieldBlock(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + string($0.0) + string($0.1) }
  }

  /// A text without Huffman coding (RFC 7541, 5.2).
  private static func string(_ text: String) -> [UInt8] {
    var count = text.utf8.count
    if count < 127 { return [UInt8(count)] + text.utf8 }
    var result: [UInt8] = [127]
    count -= 127
    while count >= 128 {
      result.append(UInt8(count & 127 | 128))
      count >>= 7
    }
    return result + [UInt8(count)] + text.utf8
  }

  /// The whole frames at the start of `bytes`.
  static func parse(_ bytes: [UInt8]) -> [Frame] {
    var frames: [Frame] = []
    var rest = bytes[...]
    while rest.count >= 9 {
      let head = Array(rest.prefix(9))
      let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard rest.count >= 9 + count else { break }
      let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
      frames.append(
        Frame(head[3], flags: head[4], stream: stream, Array(rest.dropFirst(9).prefix(count))))
      rest = rest.dropFirst(9 + count)
    }
    return frames
  }

  /// The error code of RST_STREAM and GOAWAY.
  var errorCode: UInt32? {
    let at = type == Kind.goAway ? 4 : 0
    guard type == Kind.goAway || type == Kind.reset, payload.count >= at + 4 else { return nil }
    return payload[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension [Frame] {
  func of(_ type: UInt8) -> [Frame] { filter { $0.type == type } }
  /// Code of the last GOAWAY.
  var goAway: UInt32? { of(Frame.Kind.goAway).last?.errorCode }
  /// Code with which a stream was reset.
  func reset(_ stream: UInt32) -> UInt32? {
    of(Frame.Kind.reset).first { $0.stream == stream }?.errorCode
  }
}
