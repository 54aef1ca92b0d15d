import NIOCore
import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftGateway

@Suite("Answers")
struct ResponseTests {
  private func route(_ verb: String, _ path: String) throws -> Route {
    let table = RouteTableBuilder.build(services: [try Everything.types()])
    guard case .found(let route, _) = table.match(try RequestPath(path), method: verb) else {
      throw RouteError(reason: "no route")
    }
    return route
  }

  private func answer(_ verb: String, _ path: String, _ json: String) throws -> String {
    let route = try route(verb, path)
    let bytes = try route.request(json: ByteBuffer(string: json))
    return String(decoding: try route.response(bytes), as: UTF8.self)
  }

  @Test("write fields at their default too, but for those with presence")
  func defaults() throws {
    let json = try answer("POST", "/v1/echo", "{}")
    #expect(json.hasPrefix(#"{"text":"","count":0,"int64Value":"0""#), "\(json)")
    #expect(json.contains(#""textList":[]"#) && json.contains(#""counts":{}"#))
    #expect(!json.contains("maybe") && !json.contains("timestamp") && !json.contains("left"))
  }

  @Test("can be one field alone")
  func responseBody() throws {
    #expect(
      try answer("GET", "/v1/only-inner/x", #"{"inner":{"number":1}}"#) == #"{"text":"","number":1}"#)
    #expect(try answer("GET", "/v1/only-list", #"{"int32List":[1,2]}"#) == "[1,2]")
    #expect(try answer("GET", "/v1/only-list", "{}") == "[]")
  }

  @Test("that are no message of the right type are an internal error")
  func broken() throws {
    let route = try route("POST", "/v1/echo")
    let error = #expect(throws: GatewayError.self) {
      try route.response(ByteBuffer(bytes: [0x0A, 0x05, 0x41]))
    }
    #expect(error?.httpStatus == 500 && error?.message.contains("test.everything.v1.Everything") == true)
  }
}
