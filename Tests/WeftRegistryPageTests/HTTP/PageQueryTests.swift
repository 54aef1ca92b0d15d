import Testing

@testable import WeftRegistryPage

@Suite("Queries of the page")
struct PageQueryTests {
  @Test("are decoded, and the first value counts")
  func decoding() {
    let query = PageQuery("view=service&name=a%2Fb+c%E4%B8%AD&name=other&empty=&bare")
    #expect(query["view"] == "service")
    #expect(query["name"] == "a/b c中")
    #expect(query["empty"] == "")
    #expect(query["bare"] == "")
    #expect(query["missing"] == nil)
  }

  @Test("that are damaged are taken as they stand", arguments: ["%", "%4", "%zz", "%+1", "100%"])
  func damaged(text: String) {
    #expect(PageQuery("a=\(text)")["a"]?.contains("%") == true)
  }

  @Test("name a view, or none")
  func views() {
    #expect(PageView(PageQuery("view=services")) == .services)
    #expect(PageView(PageQuery("view=service&name=web")) == .service("web"))
    #expect(PageView(PageQuery("view=keys")) == .keys(""))
    #expect(PageView(PageQuery("view=key&name=a/b")) == .key("a/b"))
    for text in ["", "view=", "view=service", "view=service&name=", "view=secrets&name=a", "name=web"] {
      #expect(PageView(PageQuery(text)) == nil, "\(text)")
    }
  }
}
