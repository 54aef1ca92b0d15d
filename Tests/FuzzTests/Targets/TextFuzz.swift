import NIOCore
import WeftProtobuf

@testable import WeftGateway
@testable import WeftHTTP2
@testable import WeftRPC

/// What comes in request lines and header fields.
enum TextFuzz {
  static func paths(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let path = try? RequestPath(text) {
      try FuzzFailure.unless(path.segments.count <= RequestPath.maxSegments, "too many segments")
      let decoded = path.segments.reduce(0) { $0 + $1.text.utf8.count }
      try FuzzFailure.unless(decoded <= text.utf8.count, "decoding made a path longer")
    }
    _ = try? QueryString(text)
    guard let template = try? PathTemplate(text) else { return }
    for variable in template.variables {
      try FuzzFailure.unless(
        variable.segments.upperBound <= template.segments.count && !variable.segments.isEmpty,
        "a variable outside its template")
    }
    var trie = RouteTrie<Int>()
    try FuzzFailure.unless(trie.insert(template, method: "GET", value: 1) == nil, "a conflict with nothing")
    try FuzzFailure.unless(trie.insert(template, method: "GET", value: 2) == 1, "a conflict not found")
  }

  static func envelope(_ bytes: UnsafeRawBufferPointer) throws {
    guard let request = try? EnvelopeRequest(ByteBuffer(bytes: bytes), maxContextBytes: 512) else { return }
    try FuzzFailure.unless(request.data.readableBytes < bytes.count, "more data than came")
    try FuzzFailure.unless((request.context?.count ?? 0) <= 512, "a context over the limit")
  }

  static func headers(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let timeout = GRPCTimeout.parse(text) {
      try FuzzFailure.unless(timeout >= .zero, "a timeout before now")
    }
    // A message's text survives its encoding.
    let message = GRPCMessageText.decode(text)
    let encoded = GRPCMessageText.encode(message)
    try FuzzFailure.unless(encoded.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "a message not encoded")
    _ = TraceContext(traceparent: text, tracestate: text)
    _ = StreamFormat.negotiate(AcceptHeader([text]))
    _ = ContentType(text)
    _ = HostPort(text)
    _ = ResolverTarget(text)
    let parts = text.split(separator: "\n", maxSplits: 1).map(String.init)
    var fields = HTTPFields()
    fields.add(parts.first ?? "", parts.last ?? "")
    fields.add("x-bin", text)
    let metadata = Metadata(received: fields)
    for (key, _) in metadata { _ = metadata.binaryValues(for: key) }
    var check = AuthorityCheck()
    _ = check.isMalformed(
      HTTP2Head(method: "GET", scheme: "http", authority: text, path: "/", fields: fields))
  }
}
