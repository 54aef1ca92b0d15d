import Testing

@testable import WeftRegistryPage

@Suite("The registry's page over HTTP")
struct RegistryPageTests {
  @Test(
    "is there under every path that names a view",
    arguments: ["/ui", "/ui/", "/ui/services/web", "/ui/keys/a%2Fb"])
  func page(path: String) async throws {
    try await withPage { client, _ in
      let answer = try await client.ask("GET", path)
      #expect(answer.status == 200)
      #expect(answer.fields["content-type"] == "text/html; charset=utf-8")
      #expect(answer.body.hasPrefix("<!doctype html>"))
    }
  }

  @Test("allows nothing but its own files, and no frame around it")
  func security() async throws {
    try await withPage { client, _ in
      for path in ["/ui/", "/ui/assets/main.js", "/ui/api/about", "/ui/api/nothing"] {
        let fields = try await client.ask("GET", path).fields
        let policy = try #require(fields["content-security-policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("*"))
        #expect(fields["x-content-type-options"] == "nosniff")
      }
    }
  }

  @Test("has no script or style in its HTML, which the policy would refuse")
  func noInlineCode() {
    let html = String(decoding: PageAsset.page.bytes, as: UTF8.self)
    #expect(!html.contains("style=") && !html.contains("<style"))
    #expect(!html.contains(#/\son[a-z]+=/#))
    for part in html.split(separator: "<script").dropFirst() { #expect(part.contains("></script>")) }
  }

  @Test("makes no element from text")
  func noMarkup() {
    for (name, asset) in PageAsset.named where name.hasSuffix(".js") {
      let script = String(decoding: asset.bytes, as: UTF8.self)
      for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
      {
        #expect(!script.contains(word), "\(name): \(word)")
      }
    }
  }

  @Test("names no file that is not there, and has none that nobody names")
  func files() {
    let named = PageAsset.named.values.map { String(decoding: $0.bytes, as: UTF8.self) }
    let all = named.joined() + String(decoding: PageAsset.page.bytes, as: UTF8.self)
    for name in PageAsset.named.keys {
      #expect(all.contains("/ui/assets/\(name)\"") || all.contains("\"./\(name)\""), "\(name)")
    }
    for part in all.components(separatedBy: "from \"./").dropFirst() {
      #expect(PageAsset.named[String(part.prefix { $0 != "\"" })] != nil)
    }
  }

  @Test("is not sent again to who has it")
  func validators() async throws {
    try await withPage { client, _ in
      let tag = try #require(try await client.ask("GET", "/ui/assets/main.js").fields["etag"])
      let again = try await client.ask("GET", "/ui/assets/main.js", ["if-none-match": "\"x\", \(tag)"])
      #expect(again.status == 304 && again.body.isEmpty)
      let found1 = try await client.ask("GET", "/ui/assets/main.js", ["if-none-match": "\"x\""])
      #expect(found1.status == 200)
      let found2 = try await client.ask("HEAD", "/ui/")
      #expect(found2.body.isEmpty)
    }
  }

  @Test(
    "has no other files",
    arguments: ["/ui/assets/", "/ui/assets/index.html", "/ui/assets/../main.js", "/ui/api/"])
  func missing(path: String) async throws {
    try await withPage { client, _ in
      let found3 = try await client.ask("GET", path)
      #expect(found3.status == 404)
    }
  }

  @Test("takes only the methods that mean something")
  func methods() async throws {
    try await withPage { client, _ in
      for (method, path) in [
        ("POST", "/ui/"), ("DELETE", "/ui/api/view"), ("GET", "/ui/api/key"), ("PUT", "/ui/api/events"),
      ] {
        let found4 = try await client.ask(method, path)
        #expect(found4.status == 405, "\(method) \(path)")
      }
    }
  }

  @Test("tells a view as JSON without HTML in it, whatever names there are")
  func view() async throws {
    try await withPage { client, source in
      source.change { $0.services = [PageService(name: "<img src=x onerror=alert(1)>", tags: ["&"])] }
      let answer = try await client.ask("GET", "/ui/api/view?view=services")
      #expect(answer.fields["content-type"] == "application/json")
      #expect(answer.fields["cache-control"] == "no-store")
      #expect(answer.body.contains("\\u003cimg src=x onerror=alert(1)\\u003e"))
      #expect(!answer.body.contains("<"))
      let found5 = try await client.ask("GET", "/ui/api/view?view=secrets")
      #expect(found5.status == 400)
    }
  }

  @Test("asks with the visitor's token, in either form")
  func tokens() async throws {
    try await withPage { client, source in
      for fields in [["X-Consul-Token": "s3cret"], ["Authorization": "Bearer s3cret"]] {
        let found6 = try await client.ask("GET", "/ui/api/about", fields)
        #expect(found6.body.contains("\"actor\":\"s3cret\""))
      }
      _ = try await client.ask("GET", "/ui/api/view?view=nodes", ["X-Consul-Token": ""])
      #expect(source.state.withLock { $0.visitors.last?.token } == nil)
      #expect(source.state.withLock { $0.visitors.last?.address.hasPrefix("127.0.0.1:") } == true)
    }
  }

  @Test("changes keys for its own script only, and where nobody was faster")
  func keys() async throws {
    try await withPage { client, source in
      let own = ["X-Weft-Page": "1"]
      let found7 = try await client.ask("PUT", "/ui/api/key?key=a&cas=0", body: "1")
      #expect(found7.status == 403)
      let found8 = try await client.ask("PUT", "/ui/api/key?key=a", own, body: "1")
      #expect(found8.status == 400)
      let found9 = try await client.ask("PUT", "/ui/api/key?cas=0", own, body: "1")
      #expect(found9.status == 400)
      let found10 = try await client.ask("PUT", "/ui/api/key?key=a&cas=0", own, body: "one")
      #expect(found10.status == 200)
      #expect(source.state.withLock { $0.keys["a"]?.value } == Array("one".utf8))
      let late = try await client.ask("PUT", "/ui/api/key?key=a&cas=0", own, body: "two")
      #expect(late.status == 409 && late.body.contains("meanwhile"))
      let found11 = try await client.ask("DELETE", "/ui/api/key?key=a&cas=2", own)
      #expect(found11.status == 200)
      #expect(source.state.withLock { $0.keys.isEmpty })
    }
  }

  @Test("takes values up to Consul's limit")
  func valueLimit() async throws {
    try await withPage { client, _ in
      let value = String(repeating: "x", count: RegistryPage.valueLimit)
      let target = "/ui/api/key?key=a&cas=0"
      let found12 = try await client.ask("PUT", target, ["X-Weft-Page": "1"], body: value + "x")
      #expect(found12.status == 413)
      let found13 = try await client.ask("PUT", target, ["X-Weft-Page": "1"], body: value)
      #expect(found13.status == 200)
    }
  }
}
