import NIOCore
import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftGateway

/// What one HTTP request becomes as a message, shown as JSON with proto names and without defaults.
struct Transcoder {
  let table: RouteTable

  init() throws {
    table = RouteTableBuilder.build(services: [try Everything.types()])
  }

  func message(_ verb: String, _ target: String, _ body: String = "") throws -> String {
    try message(verb, target, bytes: Array(body.utf8))
  }

  func message(_ verb: String, _ target: String, bytes: [UInt8]) throws -> String {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = try RequestPath(String(parts.first ?? ""))
    guard case .found(let route, let segments) = table.match(path, method: verb) else { return "no route" }
    let request = try route.request(
      path: segments, query: parts.count > 1 ? parts.last.map(String.init) : nil,
      content: ByteBuffer(bytes: bytes))
    let message = try DynamicMessage(
      route.method.input, pool: route.pool, serialized: Array(request.readableBytesView))
    let options = JSONEncodingOptions(preserveProtoFieldNames: true)
    return String(decoding: try message.json(options: options), as: UTF8.self)
  }

  func refusal(_ verb: String, _ target: String, _ body: String = "") -> String? {
    do {
      return "accepted: " + (try message(verb, target, body))
    } catch let error as GatewayError {
      #expect(error.code == .invalidArgument && error.httpStatus == 400)
      return error.message
    } catch {
      return "\(error)"
    }
  }
}

@Suite("Transcoding")
struct TranscodingTests {
  let transcoder: Transcoder

  init() throws {
    transcoder = try Transcoder()
  }

  @Test("takes fields from path, query and body")
  func sources() throws {
    #expect(
      try transcoder.message("POST", "/v1/echo", #"{"text":"你好","count":3,"int32List":[1,2]}"#)
        == #"{"text":"你好","count":3,"int32_list":[1,2]}"#)
    #expect(
      try transcoder.message("GET", "/v1/echo/a%2Fb?count=3&inner.number=4&inner.inner.text=x")
        == #"{"text":"a/b","count":3,"inner":{"number":4,"inner":{"text":"x"}}}"#)
    #expect(
      try transcoder.message("PUT", "/v1/echo/id", #"{"count":1}"#) == #"{"count":1,"inner":{"text":"id"}}"#)
    #expect(
      try transcoder.message("PATCH", "/v1/inner/t?count=2", #"{"number":7}"#)
        == #"{"text":"t","count":2,"inner":{"number":7}}"#)
  }

  @Test("joins the segments of a longer variable and keeps its encoded slashes")
  func longVariables() throws {
    #expect(
      try transcoder.message("GET", "/v1/shelves/a%2Fb/books/c/d%20e")
        == #"{"text":"shelves/a%2Fb/books/c/d e"}"#)
  }

  @Test("binds every kind of value in a query")
  func query() throws {
    let query = [
      "int64_value=-9007199254740993", "uint32Value=4294967295", "doubleValue=1.5", "boolValue=true",
      "bytesValue=_-8", "kind=KIND_SECOND", "text_list=a+b", "text_list=c%26d", "kindList=1",
      "kindList=KIND_SECOND",
      "maybe=0", "timestamp=2026-11-24T05:36:55Z", "duration=1.5s", "mask=a.b,cD", "wrapped=0",
      "wrapped_text=",
      "left=",
    ].joined(separator: "&")
    #expect(
      try transcoder.message("GET", "/v1/echo?" + query)
        == [
          #"{"int64_value":"-9007199254740993","uint32_value":4294967295,"double_value":1.5,"bool_value":true"#,
          #""bytes_value":"/+8=","kind":"KIND_SECOND","text_list":["a b","c&d"]"#,
          #""kind_list":["KIND_FIRST","KIND_SECOND"],"left":"","maybe":0"#,
          #""timestamp":"2026-11-24T05:36:55Z","duration":"1.500s","mask":"a.b,cD","wrapped":"0","wrapped_text":""}"#,
        ].joined(separator: ","))
  }

  @Test("binds typed values in a path")
  func typedPath() throws {
    #expect(
      try transcoder.message("GET", "/v1/at/2026-11-24T05:36:55Z/-5/KIND_FIRST")
        == #"{"int64_value":"-5","kind":"KIND_FIRST","timestamp":"2026-11-24T05:36:55Z"}"#)
  }

  @Test("makes nothing of an empty body")
  func emptyBodies() throws {
    #expect(try transcoder.message("POST", "/v1/echo") == "{}")
    #expect(try transcoder.message("GET", "/v1/echo", " {\n} ") == "{}")
    #expect(try transcoder.message("PATCH", "/v1/inner/t") == #"{"text":"t"}"#)
  }

  @Test(
    "refuses bad values by the name of their field",
    arguments: [
      ("GET", "/v1/echo?count=abc", "query parameter: count: "),
      ("GET", "/v1/echo?count=2147483648", "query parameter: count: "),
      ("GET", "/v1/echo?inner.number=1.5", "query parameter: inner.number: "),
      ("GET", "/v1/echo?kind=NONE", "query parameter: kind: "),
      ("GET", "/v1/echo?boolValue=1", "query parameter: boolValue: "),
      ("GET", "/v1/echo?bool_value=1", "query parameter: bool_value: "),
      ("GET", "/v1/echo?bytes_value=%25", "query parameter: "),
      ("GET", "/v1/echo?timestamp=now", "query parameter: timestamp: "),
      ("GET", "/v1/echo?text=%zz", "query parameter: text: \"%zz\" is not a percent sign"),
      ("GET", "/v1/echo?text=%ff", "query parameter: text: "),
      ("GET", "/v1/echo?%zz=1", "bad query: "), ("GET", "/v1/echo?=1", "bad query: "),
      ("GET", "/v1/at/now/1/0", "path: timestamp: "),
      ("GET", "/v1/at/2026-11-24T05:36:55Z/9223372036854775808/0", "path: "),
    ])
  func badValues(verb: String, target: String, message: String) {
    let refusal = transcoder.refusal(verb, target)
    #expect(refusal?.hasPrefix(message) == true, "\(refusal ?? "")")
  }

  @Test(
    "refuses parameters that have no place, by name",
    arguments: [
      ("/v1/echo?nope=1", "\"nope\" is unknown"), ("/v1/echo?inner.nope=1", "\"inner.nope\" is unknown"),
      ("/v1/echo?inner=1", "\"inner\" is a message"),
      ("/v1/echo?counts=1", "\"counts\" is a message or a map"),
      ("/v1/echo?struct=1", "\"struct\" is a message"), ("/v1/echo?text.x=1", "\"text\" has no fields"),
      ("/v1/echo?inner_list.text=1", "leads into a repeated field"),
      ("/v1/echo?count=1&count=2", "\"count\" is given twice"),
      ("/v1/echo?int64_value=1&int64Value=2", "\"int64Value\" is given twice"),
      ("/v1/echo/x?text=y", "\"text\" is in the path already"), ("/v1/echo?.=1", "\".\" is unknown"),
      ("/v1/echo?inner.=1", "\"inner.\" is unknown"),
    ])
  func badParameters(target: String, message: String) {
    let refusal = transcoder.refusal("GET", target)
    #expect(
      refusal?.hasPrefix("query parameter ") == true && refusal?.contains(message) == true, "\(refusal ?? "")"
    )
  }

  @Test("refuses parameters beside a body that is the whole message, or that name the body")
  func parametersBesideBodies() {
    #expect(
      transcoder.refusal("POST", "/v1/echo?count=1", "{}")?.contains("all of the request is in the body")
        == true)
    #expect(
      transcoder.refusal("PATCH", "/v1/inner/t?inner.number=1", "{}")?.contains("is the request body") == true
    )
    #expect(transcoder.refusal("GET", "/v1/echo", #"{"count":1}"#)?.contains("takes no request body") == true)
  }

  @Test(
    "refuses bad JSON with the field and the place",
    arguments: [
      (#"{"inner":{"number":"x"}}"#, "inner.number"), (#"{"textList":["a",1]}"#, "[1]"),
      (#"{"count":2147483648}"#, "count"), (#"{"count":1.5}"#, "count"), (#"{"nope":1}"#, "nope"),
      (#"{"inner":{"nope":1}}"#, "inner"), (#"{"count":1,"count":2}"#, "count"),
      (#"{"left":"a","right":1}"#, "right"), (#"{"text":"#, "byte"), (#"{"text":"a"}}"#, "byte"),
      ("[]", "byte"),
      ("nope", "byte"), (#"{"kind":"NONE"}"#, "kind"), (#"{"text":"\ud800"}"#, "text"),
      (#"{"timestamp":"0000-00-00T00:00:00Z"}"#, "timestamp"), (#"{"counts":{"a":1,"a":2}}"#, "counts"),
      (#"{"uint32Value":-1}"#, "uint32"), (#"{"int64Value":9223372036854775808}"#, "int64"),
      (#"{"doubleValue":1e999}"#, "double"),
    ])
  func badJSON(json: String, place: String) {
    let refusal = transcoder.refusal("POST", "/v1/echo", json)
    #expect(
      refusal?.hasPrefix("request body") == true && refusal?.contains(place) == true, "\(refusal ?? "")")
  }

  @Test("refuses a body that contradicts the path, by the name of the field")
  func contradiction() throws {
    #expect(
      try transcoder.message("PUT", "/v1/echo/id", #"{"inner":{"text":"id","number":1}}"#)
        == #"{"inner":{"text":"id","number":1}}"#)
    #expect(
      transcoder.refusal("PUT", "/v1/echo/id", #"{"inner":{"text":"other"}}"#)
        == "request body: inner.text: is not what the path says")
  }

  @Test("says that a message must be an object", arguments: ["null", " 1", "true", "x"])
  func noObject(json: String) {
    let refusal = transcoder.refusal("PUT", "/v1/echo/id", json)
    #expect(refusal?.hasPrefix("request body: must be a JSON object (byte ") == true, "\(refusal ?? "")")
  }

  @Test("refuses ten thousand levels of nesting")
  func deepNesting() {
    let objects =
      String(repeating: #"{"inner":"#, count: 10_000) + "{}" + String(repeating: "}", count: 10_000)
    #expect(transcoder.refusal("POST", "/v1/echo", objects)?.hasPrefix("request body") == true)
    let lists = #"{"struct":{"a":"# + String(repeating: "[", count: 10_000)
    #expect(transcoder.refusal("POST", "/v1/echo", lists)?.hasPrefix("request body") == true)
  }

  @Test("refuses text that is not UTF-8")
  func invalidUTF8() {
    #expect(throws: GatewayError.self) {
      try transcoder.message(
        "POST", "/v1/echo", bytes: Array(#"{"text":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
    }
  }

  @Test("names the field in a BadRequest detail")
  func detail() throws {
    let error = #expect(throws: GatewayError.self) {
      try transcoder.message("POST", "/v1/echo", #"{"innerList":[{},{"number":true}]}"#)
    }
    let json = String(decoding: try #require(error).json, as: UTF8.self)
    #expect(json.contains(#""fieldViolations":[{"field":"innerList[1].number""#), "\(json)")
  }
}
