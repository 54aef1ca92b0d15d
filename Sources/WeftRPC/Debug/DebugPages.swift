import NIOCore
import Synchronization
import WeftHTTP2
import WeftProtobuf

/// Answers `/debug`: what the process is doing, as a page for people and as JSON for tools.
///
/// The page names methods, peers and error messages, so it is not for everybody: see ``Access``.
public struct DebugPages: Sendable {
  /// Who may look.
  public enum Access: String, Sendable, CaseIterable {
    /// Nobody: there is no such page.
    case off
    /// Whoever is on this machine, and peers with a verified certificate of the mesh.
    case local
    /// Whoever reaches the port.
    case all
  }

  public struct Answer: Sendable {
    public var status: Int
    public var fields: HTTPFields
    public var body: ByteBuffer

    init(status: Int, fields: HTTPFields, body: ByteBuffer) {
      self.status = status
      self.fields = fields
      self.body = body
    }

    init(status: Int, fields: HTTPFields, text: String) {
      self.init(status: status, fields: fields, body: ByteBuffer(string: text))
    }

    var text: String { String(buffer: body) }
  }

  /// The ways in which a page is shown, few enough to be made once for all who ask.
  private enum Form: Hashable {
    case json
    case html(refresh: Int?)
  }

  /// Seconds; what is asked for becomes the closest of them from above.
  private static let refreshes = [1, 2, 5, 10, 30, 60, 300, 3_600]

  public static let path = "/debug"

  let service: String
  let access: Access
  private let pages: [Form: SharedWork<ByteBuffer>]

  /// - Parameter service: what the page calls the process.
  public init(service: String, access: Access = .local) {
    self.init(service: service, access: access, recent: .shared)
  }

  package init(service: String, access: Access = .local, recent: RecentCalls) {
    self.service = service
    self.access = access
    let forms: [Form] = [.json, .html(refresh: nil)] + Self.refreshes.map { .html(refresh: $0) }
    pages = Dictionary(
      uniqueKeysWithValues: forms.map { form in
        let page = SharedWork {
          let report = await DebugReport.collect(service: service, recent: recent)
          switch form {
          case .json: return ByteBuffer(string: report.json.rendered())
          case .html(let refresh): return ByteBuffer(string: report.html(refresh: refresh))
          }
        }
        return (form, page)
      })
    DebugReport.begin()
  }

  /// Whether there is a page at all.
  public var isOn: Bool { access != .off }

  /// The page: HTML for those who ask for it, JSON for everybody else and for `?format=json`.
  /// `?refresh=5` makes a browser ask again every five seconds. Those who ask at the same time get the same page.
  public func answer(_ request: HTTPRequestHead) async -> Answer {
    guard isAllowed(request) else { return Self.refusal }
    let query = Query(request.query ?? "")
    let wantsHTML = query["format"].map { $0 == "html" } ?? Self.prefersHTML(request.fields["accept"] ?? "")
    var fields: HTTPFields = ["cache-control": "no-store", "vary": "accept"]
    guard wantsHTML else {
      fields.set("content-type", "application/json")
      return Answer(status: 200, fields: fields, body: await page(.json))
    }
    fields.set("content-type", "text/html; charset=utf-8")
    // Nothing of what peers sent can become active content, even if it got past the escaping.
    fields.set(
      "content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    fields.set("x-content-type-options", "nosniff")
    fields.set("referrer-policy", "no-referrer")
    let refresh = query["refresh"].flatMap { Int($0) }.map { wanted in
      Self.refreshes.first { $0 >= wanted } ?? 3_600
    }
    return Answer(status: 200, fields: fields, body: await page(.html(refresh: refresh)))
  }

  private func page(_ form: Form) async -> ByteBuffer {
    await pages[form]?.value() ?? ByteBuffer()
  }

  private func isAllowed(_ request: HTTPRequestHead) -> Bool {
    switch access {
    case .off: return false
    case .all: return true
    case .local:
      if !request.peer.identities.isEmpty { return true }
      // What a proxy on this machine passes on comes from elsewhere.
      let isForwarded = request.fields.contains("x-forwarded-for") || request.fields.contains("forwarded")
      return !isForwarded && Self.isLoopback(request.peer.remoteAddress)
    }
  }

  /// - Parameter address: as in `PeerInfo`: `127.0.0.1:80`, `[::1]:80` or `unix:path`.
  static func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address.hasPrefix("[::1]:") || address.hasPrefix("[::ffff:127.")
      || address.hasPrefix("unix:")
  }

  private static let refusal = Answer(
    status: 403, fields: ["content-type": "application/json", "cache-control": "no-store"],
    text: JSONTree.object([
      (
        "error",
        .string(
          "/debug answers callers on the same machine and peers with a certificate of the mesh; the setting 'debug' changes that"
        )
      )
    ]).rendered())

  /// Browsers name `text/html` before anything; tools do not.
  private static func prefersHTML(_ accept: String) -> Bool {
    for part in accept.split(separator: ",") {
      let type = part.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
      if type == "text/html" || type == "application/xhtml+xml" { return true }
      if type == "application/json" { return false }
    }
    return false
  }
}

/// The parts of a query string that these pages know; none of their values needs decoding.
private struct Query {
  private let pairs: [(name: Substring, value: Substring)]

  init(_ text: String) {
    pairs = text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts.first ?? "", parts.count == 2 ? parts[1] : "")
    }
  }

  subscript(name: String) -> Substring? { pairs.first { $0.name == name }?.value }
}
