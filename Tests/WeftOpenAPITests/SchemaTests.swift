import Testing

/// Schemas say what the proto3 JSON mapping writes and reads.
@Suite struct SchemaTests {
  private func schemas(_ body: String) throws -> Described {
    try Described(
      """
      syntax = "proto3"; package a;
      import "google/protobuf/any.proto"; import "google/protobuf/duration.proto";
      import "google/protobuf/empty.proto"; import "google/protobuf/field_mask.proto";
      import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto";
      import "google/protobuf/wrappers.proto";
      \(body)
      service S { rpc Do(M) returns (M); }
      """)
  }

  private func property(_ declaration: String, besides: String = "") throws -> String {
    try schemas("message M { \(declaration) } \(besides)")
      .line("components", "schemas", "a.M", "properties", "f")
  }

  @Test(arguments: [
    ("int32", #"{"format":"int32","type":"integer"}"#),
    ("sfixed32", #"{"format":"int32","type":"integer"}"#),
    ("uint32", #"{"maximum":4294967295,"minimum":0,"type":"integer"}"#),
    ("int64", #"{"format":"int64","pattern":"^-?[0-9]+$","type":["string","integer"]}"#),
    ("fixed64", #"{"format":"uint64","minimum":0,"pattern":"^[0-9]+$","type":["string","integer"]}"#),
    ("double", #"{"format":"double","type":["number","string"]}"#),
    ("float", #"{"format":"float","type":["number","string"]}"#),
    ("bool", #"{"type":"boolean"}"#), ("string", #"{"type":"string"}"#),
    ("bytes", #"{"contentEncoding":"base64","type":"string"}"#),
    ("repeated int32", #"{"items":{"format":"int32","type":"integer"},"type":"array"}"#),
    ("map<string, bool>", #"{"additionalProperties":{"type":"boolean"},"type":"object"}"#),
    (
      "map<uint32, string>",
      ##"{"additionalProperties":{"type":"string"},"propertyNames":{"pattern":"^[0-9]+$"},"type":"object"}"##
    ),
    ("M", ##"{"$ref":"#/components/schemas/a.M"}"##),
    ("repeated M", ##"{"items":{"$ref":"#/components/schemas/a.M"},"type":"array"}"##),
    ("map<string, M>", ##"{"additionalProperties":{"$ref":"#/components/schemas/a.M"},"type":"object"}"##),
  ])
  func fields(type: String, schema: String) throws {
    #expect(try property("\(type) f = 1;") == schema)
  }

  @Test(arguments: [
    ("Timestamp", #"{"format":"date-time","type":"string"}"#),
    ("Struct", #"{"type":"object"}"#), ("Value", "{}"), ("ListValue", #"{"items":{},"type":"array"}"#),
    ("NullValue", #"{"type":"null"}"#), ("Empty", #"{"maxProperties":0,"type":"object"}"#),
    ("StringValue", #"{"type":["string","null"]}"#),
    (
      "UInt64Value",
      #"{"format":"uint64","minimum":0,"pattern":"^[0-9]+$","type":["string","integer","null"]}"#
    ),
    ("Any", ##"{"$ref":"#/components/schemas/google.protobuf.Any"}"##),
    (
      "Duration",
      #"{"description":"Seconds, with up to nine decimals, followed by `s`.","pattern":"^-?[0-9]+(\\.[0-9]{1,9})?s$","type":"string"}"#
    ),
    (
      "FieldMask",
      #"{"description":"Paths in lowerCamelCase, separated by commas.","type":"string"}"#
    ),
  ])
  func wellKnownTypes(name: String, schema: String) throws {
    #expect(try property("google.protobuf.\(name) f = 1;") == schema)
  }

  @Test func namesAreThoseOfTheJSON() throws {
    let document = try schemas("message M { int32 page_size = 1; int32 odd = 2 [json_name = \"@odd\"]; }")
    #expect(document["components", "schemas", "a.M", "properties", "pageSize"] != nil)
    #expect(document["components", "schemas", "a.M", "properties", "@odd"] != nil)
  }

  @Test func enumsAreTheNamesOfTheirValues() throws {
    let document = try schemas(
      """
      message M { Size size = 1; }
      // How large.
      enum Size {
        SIZE_UNSPECIFIED = 0;
        // Not large.
        SIZE_SMALL = 1;
        SIZE_OLD = 2 [deprecated = true];
      }
      """)
    #expect(
      try document.line("components", "schemas", "a.Size")
        == #"{"description":"How large.\n\n- `SIZE_SMALL`: Not large.\n- `SIZE_OLD`: Deprecated.","enum":["SIZE_UNSPECIFIED","SIZE_SMALL","SIZE_OLD"],"type":"string"}"#
    )
  }

  @Test func noTwoMembersOfAOneof() throws {
    let document = try schemas("message M { oneof kind { int32 a_b = 1; string c = 2; bool d = 3; } }")
    #expect(
      try document.line("components", "schemas", "a.M", "dependentSchemas")
        == #"{"aB":{"properties":{"c":false,"d":false}},"c":{"properties":{"aB":false,"d":false}},"d":{"properties":{"aB":false,"c":false}}}"#
    )
    #expect(
      document["components", "schemas", "a.M", "properties", "c", "description"] as? String
        == "At most one of `aB`, `c`, `d` is set.")
  }

  @Test func commentsAndDeprecations() throws {
    let document = try schemas(
      """
      // The message.
      message M {
        option deprecated = true;
        // The field.
        //
        // More of it.
        int32 f = 1 [deprecated = true];
      }
      """)
    #expect(document["components", "schemas", "a.M", "description"] as? String == "The message.")
    #expect(document["components", "schemas", "a.M", "deprecated"] as? Bool == true)
    #expect(
      try document.line("components", "schemas", "a.M", "properties", "f")
        == #"{"deprecated":true,"description":"The field.\n\nMore of it.","format":"int32","type":"integer"}"#
    )
  }

  @Test func onlyTypesThatAreReachedAreListed() throws {
    let document = try schemas("message M { N n = 1; } message N { M m = 1; } message Other {}")
    let schemas = document["components", "schemas"] as? [String: any Sendable]
    #expect(schemas?.keys.sorted() == ["a.M", "a.N", "google.rpc.Status"])
  }
}
