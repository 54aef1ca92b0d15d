import Testing
import WeftProtobuf

@testable import WeftGateway

@Suite("The route trie")
struct RouteTrieTests {
  private func trie(_ routes: [(String, String)]) throws -> RouteTrie<String> {
    var trie = RouteTrie<String>()
    for (method, template) in routes {
      #expect(try trie.insert(PathTemplate(template), method: method, value: template) == nil)
    }
    return trie
  }

  private func found(_ trie: RouteTrie<String>, _ method: String, _ path: String) throws -> String? {
    guard case .found(let value, _) = trie.match(try RequestPath(path), method: method) else { return nil }
    return value
  }

  private func allowed(_ trie: RouteTrie<String>, _ method: String, _ path: String) throws -> [String]? {
    guard case .otherMethods(let methods) = trie.match(try RequestPath(path), method: method) else {
      return nil
    }
    return methods.sorted()
  }

  @Test("prefers literals to variables and variables to the rest, in whatever order they came")
  func precedence() throws {
    let routes = [("GET", "/v1/{a}/x"), ("GET", "/v1/y/{b}"), ("GET", "/{c=**}"), ("GET", "/v1/y/x")]
    for rotation in routes.indices {
      let trie = try trie(Array(routes[rotation...] + routes[..<rotation]))
      #expect(try found(trie, "GET", "/v1/y/x") == "/v1/y/x")
      #expect(try found(trie, "GET", "/v1/y/z") == "/v1/y/{b}")
      #expect(try found(trie, "GET", "/v1/z/x") == "/v1/{a}/x")
      #expect(try found(trie, "GET", "/v1/z/z") == "/{c=**}")
      #expect(try found(trie, "GET", "/") == "/{c=**}")
    }
  }

  @Test("tries the next best template when a better one leads nowhere or has another method")
  func backtracks() throws {
    let trie = try trie([("GET", "/v1/a/b/c"), ("GET", "/v1/{x}/b/d"), ("POST", "/v1/a/{y}/d")])
    #expect(try found(trie, "GET", "/v1/a/b/d") == "/v1/{x}/b/d")
    #expect(try found(trie, "POST", "/v1/a/b/d") == "/v1/a/{y}/d")
  }

  @Test("takes a known verb off the last segment, and leaves other colons alone")
  func verbs() throws {
    let trie = try trie([
      ("GET", "/v1/{a}"), ("PUT", "/v1/{a}"), ("POST", "/v1/{a}:rollback"), ("GET", "/v1/{a}:watch"),
    ])
    #expect(try found(trie, "GET", "/v1/prod:watch") == "/v1/{a}:watch")
    #expect(try found(trie, "POST", "/v1/prod:rollback") == "/v1/{a}:rollback")
    #expect(try found(trie, "GET", "/v1/prod:other") == "/v1/{a}")
    #expect(try found(trie, "GET", "/v1/prod") == "/v1/{a}")
    // A verb with the wrong method is not a resource with a strange name.
    #expect(try allowed(trie, "PUT", "/v1/prod:rollback") == ["POST"])
  }

  @Test("tells a wrong method from an unknown path")
  func methods() throws {
    let trie = try trie([("GET", "/v1/{a}"), ("PUT", "/v1/x"), ("*", "/any")])
    #expect(try allowed(trie, "DELETE", "/v1/x") == ["GET", "PUT"])
    #expect(try allowed(trie, "DELETE", "/v2") == nil)
    #expect(try found(trie, "DELETE", "/v2") == nil)
    #expect(try found(trie, "BREW", "/any") == "/any")
  }

  @Test("refuses a second template of one shape and method, and says whose the first is")
  func conflicts() throws {
    var trie = RouteTrie<String>()
    #expect(try trie.insert(PathTemplate("/v1/{a}"), method: "GET", value: "first") == nil)
    #expect(try trie.insert(PathTemplate("/v1/{b=*}"), method: "GET", value: "second") == "first")
    #expect(try trie.insert(PathTemplate("/v1/{b}"), method: "POST", value: "third") == nil)
    #expect(try found(trie, "GET", "/v1/x") == "first")
  }

  @Test("stays quick on paths made to make it search")
  func hostile() throws {
    var trie = RouteTrie<String>()
    for bits in 0..<256 {
      let template = (0..<8).map { bits >> $0 & 1 == 0 ? "/a" : "/*" }.joined()
      #expect(try trie.insert(PathTemplate(template + "/end"), method: "GET", value: template) == nil)
    }
    for _ in 0..<1_000 {
      #expect(try found(trie, "GET", String(repeating: "/a", count: 8) + "/no") == nil)
    }
  }
}
