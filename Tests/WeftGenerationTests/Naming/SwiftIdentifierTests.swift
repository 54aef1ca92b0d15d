import Testing

@testable import WeftGeneration

@Suite struct SwiftIdentifierTests {
  @Test(arguments: [
    ("max_pages", "maxPages"), ("maxPages", "maxPages"), ("MAX_PAGES", "maxPages"), ("a", "a"),
    ("type_url", "typeURL"), ("url", "url"), ("http_id", "httpID"), ("URLFetch", "urlFetch"),
    ("GetConfig", "getConfig"), ("ID", "id"), ("HTTP2Settings", "http2Settings"), ("_x_y", "_xY"),
    ("a1_b2", "a1B2"), ("__", "__"), ("identity_card", "identityCard"), ("A_b", "aB"),
  ])
  func lowerCamel(name: String, expected: String) {
    #expect(SwiftIdentifier.lowerCamel(name) == expected)
  }

  @Test(arguments: [
    ("weft.config.v1", "Weft_Config_V1_"), ("", ""), ("a_b.c", "AB_C_"), ("grpc", "Grpc_"),
  ])
  func prefix(package: String, expected: String) {
    #expect(SwiftIdentifier.prefix(forPackage: package) == expected)
  }

  @Test(arguments: [
    ("STATUS_OK", "Status", "OK"), ("HTTP_STATUS_NOT_FOUND", "HttpStatus", "NOT_FOUND"),
    ("OK", "Status", nil), ("STATUS", "Status", nil), ("STATUSES_OK", "Status", nil),
    ("STATUS_2", "Status", nil), ("status__a", "STATUS", "a"),
  ])
  func withoutPrefix(value: String, name: String, expected: String?) {
    #expect(SwiftIdentifier.withoutPrefix(value, ofEnum: name) == expected)
  }

  @Test func pathsGiveDifferentNames() {
    let paths = [
      "a/b.proto", "a_b.proto", "a.b.proto", "a-b.proto", "a/b/c.proto", "a__b.proto", "a_x2eb.proto",
      "a_/b.proto", "a/_b.proto", "a_.b.proto", "a___b.proto",
    ]
    #expect(Set(paths.map(SwiftIdentifier.fromPath)).count == paths.count)
    #expect(SwiftIdentifier.fromPath("weft/config/v1/config.proto") == "weft__config__v1__config")
  }
}
