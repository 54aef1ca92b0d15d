import Testing

@testable import WeftGateway

@Suite("Request headers")
struct RequestHeaderTests {
  @Test("pass a good request identifier on and replace any other")
  func requestID() {
    #expect(RequestID.accept("7f3c-ab_1.2:3/4+5=~") == "7f3c-ab_1.2:3/4+5=~")
    for bad in ["", "a b", "a\r\nb", "\"x\"", "你", String(repeating: "x", count: 129)] {
      let made = RequestID.accept(bad)
      #expect(made != bad && made.utf8.count == 32 && RequestID.isValid(made))
    }
    #expect(RequestID.accept(nil) != RequestID.accept(nil))
  }

  @Test(
    "give gRPC timeouts",
    arguments: [
      ("2H", Duration.seconds(7_200)), ("3M", .seconds(180)), ("10S", .seconds(10)),
      ("99999999m", .milliseconds(99_999_999)), ("5u", .microseconds(5)), ("0n", .zero),
    ])
  func grpcTimeout(text: String, timeout: Duration) {
    #expect(RequestTimeout.grpc(text) == timeout)
  }

  @Test(
    "refuse bad gRPC timeouts",
    arguments: ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", "1 S", "1你"])
  func badGRPCTimeout(text: String) {
    #expect(RequestTimeout.grpc(text) == nil)
  }

  @Test("give timeouts in seconds")
  func seconds() {
    #expect(RequestTimeout.seconds("2") == .seconds(2))
    #expect(RequestTimeout.seconds("0.25") == .milliseconds(250))
    #expect(RequestTimeout.seconds("1.000000001") == .seconds(1) + .nanoseconds(1))
    for bad in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.0000000001", "inf", "1.2.3", "9999999999"] {
      #expect(RequestTimeout.seconds(bad) == nil, "\(bad)")
    }
  }

  @Test(
    "name the content type",
    arguments: [
      (nil, ContentType.unspecified), ("", .unspecified), ("application/json", .json),
      ("Application/JSON; charset=UTF-8", .json), ("application/problem+json", .json),
      ("application/json; charset=\"utf-8\"", .json),
      ("application/json; charset=gbk", .other("application/json; charset=gbk")),
      ("application/x-www-form-urlencoded", .form), ("text/plain", .other("text/plain")),
    ])
  func contentType(header: String?, type: ContentType) {
    #expect(ContentType(header) == type)
  }

  @Test("let JSON through whatever curl calls it, and nothing that a web page can forge")
  func refusals() {
    let json = Array(" {\"a\":1}".utf8)
    #expect(ContentType.form.refusal(body: json, fromBrowser: false) == nil)
    #expect(ContentType.form.refusal(body: Array("a=b".utf8), fromBrowser: false) != nil)
    #expect(ContentType.form.refusal(body: [], fromBrowser: false) == nil)
    #expect(ContentType.unspecified.refusal(body: json, fromBrowser: false) == nil)
    #expect(ContentType.json.refusal(body: json, fromBrowser: true) == nil)
    #expect(ContentType.form.refusal(body: json, fromBrowser: true) != nil)
    #expect(ContentType.unspecified.refusal(body: json, fromBrowser: true) != nil)
    #expect(ContentType.other("text/plain").refusal(body: json, fromBrowser: false) != nil)
  }
}
