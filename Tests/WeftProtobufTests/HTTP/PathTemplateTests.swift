import Testing

@testable import WeftProtobuf

@Suite("Path templates")
struct PathTemplateTests {
  @Test("cover the whole grammar of google/api/http.proto")
  func grammar() throws {
    let template = try PathTemplate("/v1/{name=shelves/*/books/**}:archive")
    #expect(template.segments == [.literal("v1"), .literal("shelves"), .single, .literal("books"), .rest])
    #expect(template.verb == "archive")
    let variable = try #require(template.variables.first)
    #expect(variable.fieldPath == ["name"])
    #expect(variable.segments == 1..<5)
    #expect(variable.isMultiSegment && variable.capturesRest)
  }

  @Test("bind nested fields, and a plain variable to one segment")
  func nestedFields() throws {
    let template = try PathTemplate("/v1/{shelf.id}/books/{book.author.name=*}")
    #expect(template.segments == [.literal("v1"), .single, .literal("books"), .single])
    #expect(template.variables.map(\.fieldPath) == [["shelf", "id"], ["book", "author", "name"]])
    #expect(template.variables.allSatisfy { !$0.isMultiSegment })
  }

  @Test("take unnamed wildcards, literals with escapes, and the root")
  func unusual() throws {
    #expect(try PathTemplate("/*/x/**").segments == [.single, .literal("x"), .rest])
    #expect(try PathTemplate("/a%20b").segments == [.literal("a b")])
    #expect(try PathTemplate("/简历").segments == [.literal("简历")])
    #expect(try PathTemplate("/").segments.isEmpty)
    #expect(try PathTemplate("/{all=**}").variables.first?.segments == 0..<1)
  }

  @Test(
    "with the same shape match the same paths, whatever their variables are called",
    arguments: [
      ("/v1/{a}", "/v1/{b}", true), ("/v1/{a=*}", "/v1/*", true),
      ("/v1/{name=shelves/*}", "/v1/shelves/{id}", true), ("/v1/{a}", "/v1/{a=**}", false),
      ("/v1/{a}", "/v1/{a}:x", false),
    ])
  func shapes(first: String, second: String, same: Bool) throws {
    #expect((try PathTemplate(first).shape == PathTemplate(second).shape) == same)
  }

  @Test(
    "are refused when malformed, with the place",
    arguments: [
      ("", 0), ("v1", 0), ("/v1/", 4), ("/v1//x", 4), ("/v1/{", 5), ("/v1/{}", 5), ("/v1/{a", 6),
      ("/v1/{a=}", 7), ("/v1/{a=b", 8), ("/v1/{1a}", 5), ("/v1/{a.}", 7), ("/v1/{a={b}}", 7),
      ("/v1/**/x", 7), ("/v1/{a=**}/x", 11), ("/v1/{a}{b}", 7), ("/v1/x*", 5), ("/v1/***", 6),
      ("/v1:", 4), ("/v1:a:b", 5), ("/v1:a/b", 5), ("/a:b/c", 4), ("/v1/%zz", 4), ("/v1/%ff", 4),
      ("/v1 x", 3), ("/{a}/{a}", 6), ("/{a}/{a.b}", 6), ("/{a.b}/{a}", 8), ("/{a=x:y}", 5),
    ])
  func malformed(text: String, offset: Int) {
    let error = #expect(throws: PathTemplateError.self) { try PathTemplate(text) }
    #expect(error?.offset == offset, "\(String(describing: error))")
  }

  @Test("have limits, because anyone may register them")
  func limits() {
    #expect(throws: PathTemplateError.self) { try PathTemplate("/" + String(repeating: "a", count: 5_000)) }
    #expect(throws: PathTemplateError.self) { try PathTemplate(String(repeating: "/a", count: 65)) }
    #expect(throws: PathTemplateError.self) {
      try PathTemplate("/{" + String(repeating: "a.", count: 20) + "a}")
    }
    let edge = String(repeating: "/a", count: 64)
    #expect(throws: PathTemplateError.self) { try PathTemplate(edge + "/{b}") }
    #expect(throws: Never.self) { try PathTemplate(edge) }
  }
}
