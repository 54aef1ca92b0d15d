import Testing
import WeftRPC

@testable import WeftGateway

@Suite("Errors")
struct GatewayErrorTests {
  @Test(
    "have the HTTP status of google.rpc.Code",
    arguments: [
      (StatusCode.ok, 200), (.cancelled, 499), (.unknown, 500), (.invalidArgument, 400),
      (.deadlineExceeded, 504), (.notFound, 404), (.alreadyExists, 409), (.permissionDenied, 403),
      (.unauthenticated, 401), (.resourceExhausted, 429), (.failedPrecondition, 400), (.aborted, 409),
      (.outOfRange, 400), (.unimplemented, 501), (.internalError, 500), (.unavailable, 503), (.dataLoss, 500),
    ])
  func status(code: StatusCode, http: Int) {
    #expect(code.httpStatus == http)
  }

  @Test("are google.rpc.Status as JSON")
  func json() {
    let error = GatewayError(.notFound, "no \"x\"")
    #expect(String(decoding: error.json, as: UTF8.self) == #"{"code":5,"message":"no \"x\"","details":[]}"#)
  }

  @Test("name the field of a bad value in the message and in a BadRequest detail")
  func badValue() {
    let error = GatewayError.badValue(
      field: "config.langs[1]", reason: "expected a string", in: "request body")
    #expect(error.httpStatus == 400)
    #expect(error.message == "request body: config.langs[1]: expected a string")
    let json = String(decoding: error.json, as: UTF8.self)
    #expect(
      json.contains(
        #""details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","#
          + #""fieldViolations":[{"field":"config.langs[1]","description":"expected a string"}]}]"#))
  }

  @Test("for a wrong method say which are right")
  func wrongMethod() {
    let error = GatewayError.wrongMethod("PUT", "/v1/x", allowed: ["POST", "GET"])
    #expect(error.httpStatus == 405 && error.code == .unimplemented)
    #expect(error.fields["allow"] == "GET, POST")
  }
}
