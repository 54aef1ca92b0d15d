import NIOCore
import WeftHTTP2

/// Changes of keys.
extension RegistryPage {
  /// Consul's limit on a value.
  static let valueLimit = 512 << 10

  func change(
    _ query: PageQuery, _ request: HTTPRequestHead, _ body: HTTPRequestBody, _ visitor: PageVisitor
  ) async throws(PageProblem) {
    // Pages of other origins cannot set this field without being asked first whether they may, and nobody says yes.
    guard request.fields["x-weft-page"] != nil else {
      throw PageProblem(
        status: 403, "changes are taken from the page's own script only: X-Weft-Page is missing")
    }
    guard let key = query["key"], !key.isEmpty else { throw PageProblem(status: 400, "key: is missing") }
    guard let index = query["cas"].flatMap(UInt64.init) else {
      throw PageProblem(status: 400, "cas: must be the revision that the key was last changed at, or 0")
    }
    if request.method == "DELETE" { return try await source.delete(key, at: index, for: visitor) }
    let value: ByteBuffer
    do {
      value = try await body.collect(upTo: Self.valueLimit)
    } catch is HTTPBodyTooLarge {
      throw PageProblem(status: 413, "the value is larger than \(Self.valueLimit) bytes")
    } catch {
      throw PageProblem(status: 400, "the value did not arrive whole")
    }
    try await source.put(key, Array(buffer: value), at: index, for: visitor)
  }
}
