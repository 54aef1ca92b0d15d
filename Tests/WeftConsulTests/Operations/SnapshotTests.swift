import NIOCore
import Testing
import WeftRegistry
import WeftTestSupport

@testable import WeftConsul

@Suite struct SnapshotTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func start(token: String? = nil) async throws -> LiveAPI {
    try await LiveAPI.start(
      managementToken: token, store: try SQLiteStore(path: directory.file("registry.sqlite")))
  }

  @Test func whatWasSavedIsBackAfterwards() async throws {
    let api = try await start()
    try await api.put("/v1/kv/a", "one")
    try await api.put("/v1/agent/service/register", #"{"Name":"web","Port":80}"#)
    let saved = try await api.stream("GET", "/v1/snapshot")
    #expect(saved.status == 200)
    #expect(saved.fields["content-type"] == "application/x-gzip")
    #expect(saved.index > 0)
    _ = try await api.delete("/v1/kv/a")
    try await api.put("/v1/kv/later", "x")
    try await api.put("/v1/agent/service/deregister/web")
    let before = try await api.get("/v1/kv/a").index
    var rest = saved.body
    var pieces: [ByteBuffer] = []
    while let piece = rest.readSlice(length: min(100, rest.readableBytes)), piece.readableBytes > 0 {
      pieces.append(piece)
    }
    let restored = try await api.stream("PUT", "/v1/snapshot", pieces)
    #expect(restored.status == 200)
    #expect(restored.text.isEmpty)
    let entry = try await api.get("/v1/kv/a")
    #expect(try entry.string("0.Value") == "b25l")
    #expect(entry.index > before)
    #expect(try await api.get("/v1/kv/later").status == 404)
    #expect(try await api.get("/v1/catalog/service/web").count() == 1)
  }

  @Test func whatIsNoSnapshotIsRefusedAndChangesNothing() async throws {
    let api = try await start()
    try await api.put("/v1/kv/a", "one")
    for bytes in [[], [0x1F, 0x8B], Array("garbage".utf8)] as [[UInt8]] {
      let reply = try await api.stream("PUT", "/v1/snapshot", [ByteBuffer(bytes: bytes)])
      #expect(reply.status == 400)
      #expect(reply.text.contains("snapshot"))
    }
    #expect(try await api.get("/v1/kv/a").string("0.Value") == "b25l")
  }

  @Test func onlyWhoMayDoEverythingSavesOrRestores() async throws {
    let secret = "6c8bf6d2-6a46-4b6c-a1c1-0f6f8d5d2f11"
    let api = try await start(token: secret)
    #expect(try await api.stream("GET", "/v1/snapshot").status == 403)
    #expect(try await api.stream("PUT", "/v1/snapshot").status == 403)
    #expect(try await api.stream("GET", "/v1/snapshot", token: secret).status == 200)
  }

  @Test func aRegistryInMemoryHasNone() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.stream("GET", "/v1/snapshot")
    #expect(reply.status == 503)
  }
}
