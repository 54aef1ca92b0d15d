import Testing

@testable import WeftOpenAPI

/// Paths, parameters and bodies follow from `google.api.http`, as the gateway reads it.
@Suite struct OperationTests {
  private func document(_ body: String, options: OpenAPIOptions = OpenAPIOptions()) throws -> Described {
    try Described(
      """
      syntax = "proto3"; package shop.v1; import "google/api/annotations.proto";
      import "google/protobuf/timestamp.proto"; import "google/protobuf/struct.proto";
      \(body)
      """, options: options)
  }

  private func method(
    _ rule: String, of request: String = "string name = 1; int32 size = 2;", kind: String = "Q) returns (A"
  ) throws -> Described {
    try document(
      """
      message Q { \(request) } message A { string text = 1; repeated Q list = 2; }
      service S { rpc Do(\(kind)) { option (google.api.http) = {\(rule)}; } }
      """)
  }

  @Test func fieldsThatAreNotInThePathAreInTheQuery() throws {
    let document = try method(#"get: "/v1/{name}""#)
    #expect(document.parameters("/v1/{name}", "get") == ["path name", "query size"])
    #expect(document["paths", "/v1/{name}", "get", "requestBody"] == nil)
    #expect(document["paths", "/v1/{name}", "get", "parameters", "0", "required"] as? Bool == true)
    #expect(document["paths", "/v1/{name}", "get", "operationId"] as? String == "S_Do")
  }

  @Test func aWholeBodyLeavesOutWhatThePathHolds() throws {
    let document = try method(#"post: "/v1/{name}:go" body: "*""#)
    #expect(document.parameters("/v1/{name}:go", "post") == ["path name"])
    #expect(
      try document.line(
        "paths", "/v1/{name}:go", "post", "requestBody", "content", "application/json", "schema", "properties"
      )
        == #"{"size":{"format":"int32","type":"integer"}}"#)
  }

  @Test func aFieldAsBody() throws {
    let document = try method(
      #"put: "/v1/{name}" body: "part""#, of: "string name = 1; P part = 2; bool dry = 3; message P {}")
    #expect(document.parameters("/v1/{name}", "put") == ["path name", "query dry"])
    #expect(
      try document.line(
        "paths", "/v1/{name}", "put", "requestBody", "content", "application/json", "schema")
        == ##"{"$ref":"#/components/schemas/shop.v1.Q.P"}"##)
  }

  @Test func aFieldAsResponse() throws {
    let document = try method(#"get: "/v1/list" response_body: "list""#)
    #expect(
      try document.line(
        "paths", "/v1/list", "get", "responses", "200", "content", "application/json", "schema")
        == ##"{"items":{"$ref":"#/components/schemas/shop.v1.Q"},"type":"array"}"##)
  }

  @Test func queriesReachIntoMessagesAndLeaveOutWhatHasNoText() throws {
    let document = try method(
      #"get: "/v1/{page.token}""#,
      of: """
        Page page_of = 1; Page page = 2; google.protobuf.Timestamp since = 3; repeated string tags = 4;
        google.protobuf.Struct object = 5; map<string, string> labels = 6; repeated Page pages = 7; Q again = 8;
        message Page { string token = 1; int32 page_size = 2; Page inner = 3; }
        """)
    #expect(
      document.parameters("/v1/{page.token}", "get") == [
        "path page.token", "query pageOf.token", "query pageOf.pageSize", "query page.pageSize",
        "query since",
        "query tags",
      ])
    #expect(
      try document.line("paths", "/v1/{page.token}", "get", "parameters", "5", "schema")
        == #"{"items":{"type":"string"},"type":"array"}"#)
  }

  @Test func variablesOfSeveralSegmentsBecomeAPlaceholderEach() throws {
    let path = "/v1/shelves/{name_1}/books/{name_2}:copy"
    let document = try method(#"post: "/v1/{name=shelves/*/books/*}:copy" body: "*""#)
    #expect(document.parameters(path, "post") == ["path name_1", "path name_2"])
    #expect(
      document["paths", path, "post", "parameters", "1", "description"] as? String
        == "Part of `name`, which is `shelves/*/books/*`.")
  }

  @Test func otherTemplates() throws {
    #expect(
      try method(#"get: "/v1/{name=files/**}""#).parameters("/v1/files/{name}", "get").first == "path name")
    #expect(
      try method(#"get: "/v1/*/{name=**}""#).parameters("/v1/{segment_1}/{name}", "get").prefix(2)
        == ["path segment_1", "path name"])
    #expect(try method(#"get: "/""#)["paths", "/", "get"] != nil)
    #expect(try method(#"get: "/v1/caf%C3%A9""#)["paths", "/v1/caf%C3%A9", "get"] != nil)
  }

  @Test func pathsOfOneShapeAreOnePath() throws {
    let document = try document(
      """
      message Q { string id = 1; string name = 2; }
      service S {
        rpc Get(Q) returns (Q) { option (google.api.http) = {get: "/v1/{id}"}; }
        rpc Delete(Q) returns (Q) { option (google.api.http) = {delete: "/v1/{name}"}; }
      }
      """)
    #expect(document.parameters("/v1/{id}", "delete") == ["path id", "query id"])
    #expect(document["paths", "/v1/{name}"] == nil)
  }

  @Test func additionalBindingsAreOperationsOfTheirOwn() throws {
    let document = try method(#"get: "/v1/a" additional_bindings {get: "/v2/a"}"#)
    #expect(document["paths", "/v1/a", "get", "operationId"] as? String == "S_Do")
    #expect(document["paths", "/v2/a", "get", "operationId"] as? String == "shop_v1_S_Do")
  }

  @Test func methodsWithoutAnOptionAreServedAllTheSame() throws {
    let proto = "message Q {} service S { rpc Do(Q) returns (Q); }"
    #expect(try document(proto)["paths", "/shop.v1.S/Do", "post", "requestBody"] != nil)
    var options = OpenAPIOptions()
    options.listsUnannotated = false
    #expect(try document(proto, options: options).line("paths") == "{}")
  }

  @Test func streamsAreLinesOrEvents() throws {
    let document = try method(#"get: "/v1/{name}:watch""#, kind: "Q) returns (stream A")
    let content =
      document["paths", "/v1/{name}:watch", "get", "responses", "200", "content"] as? [String: any Sendable]
    #expect(content?.keys.sorted() == ["application/x-ndjson", "text/event-stream"])
  }

  @Test func whatOpenAPICannotSayIsToldApart() throws {
    let document = try document(
      """
      message Q { string id = 1; }
      service S {
        rpc Up(stream Q) returns (Q);
        rpc Find(Q) returns (Q) { option (google.api.http) = {custom {kind: "SEARCH" path: "/v1/q"}}; }
        rpc Bad(Q) returns (Q) { option (google.api.http) = {get: "/v1/{none}"}; }
        rpc One(Q) returns (Q) { option (google.api.http) = {get: "/v1/q"}; }
        rpc Two(Q) returns (Q) { option (google.api.http) = {get: "/v1/q"}; }
      }
      """)
    #expect(
      document.problems == [
        "shop.v1.S.Up: streams its requests, which OpenAPI cannot say",
        "shop.v1.S.Find: OpenAPI 3.1 has no place for the HTTP method SEARCH",
        "shop.v1.S.Bad: path variable \"none\": there is no field \"none\"",
        "shop.v1.S.Two: GET /v1/q is taken by another method",
      ])
  }

  @Test func commentsBecomeSummariesAndDescriptions() throws {
    let document = try document(
      """
      message Q {}
      // The service. 中文
      service S {
        // Does it. And "more":
        //
        // - this
        rpc Do(Q) returns (Q) { option deprecated = true; }
        // Just this.
        rpc Other(Q) returns (Q);
      }
      """)
    let operation = document["paths", "/shop.v1.S/Do", "post"] as? [String: any Sendable]
    #expect(operation?["summary"] as? String == "Does it")
    #expect(operation?["description"] as? String == "Does it. And \"more\":\n\n- this")
    #expect(operation?["deprecated"] as? Bool == true)
    let other = document["paths", "/shop.v1.S/Other", "post"] as? [String: any Sendable]
    #expect(other?["summary"] as? String == "Just this" && other?["description"] == nil)
    #expect(document["tags", "0", "description"] as? String == "The service. 中文")
  }

  @Test func whatFieldBehaviorSays() throws {
    let document = try document(
      """
      import "google/api/field_behavior.proto";
      message Q {
        string id = 1 [(google.api.field_behavior) = REQUIRED];
        string made = 2 [(google.api.field_behavior) = OUTPUT_ONLY];
        string password = 3 [(google.api.field_behavior) = REQUIRED, (google.api.field_behavior) = INPUT_ONLY];
        string other = 4;
      }
      service S { rpc Do(Q) returns (Q) { option (google.api.http) = {get: "/v1/q"}; } }
      """)
    #expect(document.parameters("/v1/q", "get") == ["query id", "query password", "query other"])
    #expect(document["paths", "/v1/q", "get", "parameters", "0", "required"] as? Bool == true)
    #expect(document["paths", "/v1/q", "get", "parameters", "2", "required"] == nil)
    #expect(try document.line("components", "schemas", "shop.v1.Q", "required") == #"["id","password"]"#)
    #expect(
      try document.line("components", "schemas", "shop.v1.Q", "properties", "made")
        == #"{"readOnly":true,"type":"string"}"#)
    #expect(
      try document.line("components", "schemas", "shop.v1.Q", "properties", "password")
        == #"{"type":"string","writeOnly":true}"#)
  }

  @Test func titleVersionAndServers() throws {
    let proto = "message Q {} service S { rpc Do(Q) returns (Q); } service T { rpc Do(Q) returns (Q); }"
    #expect(try document(proto).line("info") == #"{"title":"S, T","version":"v1"}"#)
    var options = OpenAPIOptions()
    options.title = "Shop"
    options.version = "1.2"
    options.servers = ["http://localhost:8206"]
    let chosen = try document(proto, options: options)
    #expect(try chosen.line("info") == #"{"title":"Shop","version":"1.2"}"#)
    #expect(try chosen.line("servers") == #"[{"url":"http://localhost:8206"}]"#)
  }

  @Test func theSameProtosGiveTheSameText() throws {
    let proto =
      "message Q { M m = 1; N n = 2; } message M {} message N {} service S { rpc Do(Q) returns (Q); }"
    #expect(try document(proto).text == document(proto).text)
  }
}
