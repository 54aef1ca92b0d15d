import NIOCore
import WeftHTTP2
import WeftProtobuf

/// Answers and their header fields.
extension RegistryPage {
  /// The browser takes script, style and data from here and from nowhere else, shows the page in nobody's frame, and
  /// refuses to make elements from text.
  static let security: HTTPFields = [
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  ]

  static func fields(type: String, cache: String) -> HTTPFields {
    var fields = security
    fields.add("content-type", type)
    fields.add("cache-control", cache)
    return fields
  }

  /// A peer that is gone needs no answer, so errors of sending end here.
  static func send(_ asset: PageAsset, to request: HTTPRequestHead, _ writer: HTTPResponseWriter) async {
    var fields = fields(type: asset.type, cache: "no-cache")
    fields.add("etag", asset.tag)
    let known = request.fields["if-none-match"] ?? ""
    if known == "*"
      || known.split(separator: ",").contains(where: { $0.drop(while: { $0 == " " }) == asset.tag })
    {
      try? await writer.respond(status: 304, fields: fields, body: ByteBuffer())
    } else if request.method == "HEAD" {
      fields.add("content-length", String(asset.bytes.count))
      try? await writer.writeHead(status: 200, fields: fields)
      try? await writer.finish()
    } else {
      try? await writer.respond(status: 200, fields: fields, body: ByteBuffer(bytes: asset.bytes))
    }
  }

  static func send(
    _ json: JSONTree, status: Int = 200, fields extra: HTTPFields = [:], _ writer: HTTPResponseWriter
  ) async {
    var fields = fields(type: "application/json", cache: "no-store")
    for (name, value) in extra { fields.add(name, value) }
    try? await writer.respond(
      status: status, fields: fields, body: ByteBuffer(bytes: json.bytes(escaping: .markup)))
  }
}
