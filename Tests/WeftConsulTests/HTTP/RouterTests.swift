import Testing

@testable import WeftConsul

@Suite struct RouterTests {
  let router = Router([
    .get("/v1/agent/service/") { _ in .empty }, .put("/v1/agent/service/register") { _ in .empty },
    .get("/v1/kv/") { _ in .empty },
  ])

  @Test(arguments: [
    ("/v1/kv/a", true), ("//v1/kv/a?raw", true), ("///v1/status/leader", true), ("/ui", false),
    ("//ui", false),
    ("/metrics?x=//v1/", false),
  ])
  func twoSlashesBelongToTheAPIToo(target: String, isOfAPI: Bool) {
    #expect(ConsulResponder.isOfAPI(target) == isOfAPI)
  }

  @Test func aWholePathGoesBeforeAPrefix() {
    #expect(router.match("/v1/agent/service/register")?.route.allowed == "OPTIONS,PUT")
    #expect(router.match("/v1/agent/service/web")?.name == "web")
  }

  @Test func aNameMayHaveSlashes() {
    #expect(router.match("/v1/kv/a/b/")?.name == "a/b/")
    #expect(router.match("/v1/kv/")?.name == "")
  }

  @Test func findsNothingElsewhere() {
    #expect(router.match("/v1/kv") == nil)
    #expect(router.match("/v1/") == nil)
    #expect(router.match("") == nil)
  }

  @Test(arguments: [
    ("/v1/kv//a", "/v1/kv/a"), ("/v1/kv/a/../b", "/v1/kv/b"), ("/v1/kv/./a/", "/v1/kv/a/"), ("/../..", "/"),
  ])
  func cleansPaths(path: String, clean: String) {
    #expect(ConsulResponder.clean(path) == clean)
  }

  @Test(arguments: ["/v1/kv/a", "/v1/kv/a.b", "/v1/kv/.hidden", "/"])
  func leavesCleanPathsAlone(path: String) {
    #expect(ConsulResponder.clean(path) == nil)
  }
}
