import NIOCore
import NIOHTTP1
import Testing
import WeftRPC

@testable import WeftGateway

@Suite("The envelope")
struct EnvelopeTests {
  private func read(_ json: String, limit: Int = 100) throws -> EnvelopeRequest {
    try EnvelopeRequest(ByteBuffer(string: json), maxContextBytes: limit)
  }

  private func refusal(_ json: String) -> String? {
    do {
      _ = try read(json)
      return nil
    } catch let error as GatewayError {
      return error.message
    } catch {
      return "\(error)"
    }
  }

  @Test("is read without a look into its data")
  func reads() throws {
    let envelope = try read(
      #" {"service_type":"config","action":"get_config","data": {"a":[1]} ,"context":{"user":"李"},"#
        + #""request_id":"r-1","timestamp":"2026-11-24T05:36:55Z"}"#)
    #expect(
      envelope.serviceType == "config" && envelope.action == "get_config" && envelope.requestID == "r-1")
    #expect(String(buffer: envelope.data) == #"{"a":[1]}"#)
    #expect(envelope.context.map { String(decoding: $0, as: UTF8.self) } == #"{"user":"李"}"#)
    let bare = try read(#"{"service_type":"a","action":"b","data":null,"context":null,"timestamp":1.5}"#)
    #expect(bare.data.readableBytes == 0 && bare.context == nil && bare.requestID == nil)
  }

  @Test(
    "is refused by the name of what is wrong",
    arguments: [
      (#"{"action":"b"}"#, "envelope: service_type: is missing"),
      (#"{"service_type":"a"}"#, "envelope: action: is missing"),
      (#"{"service_type":1,"action":"b"}"#, "envelope: service_type: expected a short string"),
      (#"{"service_type":"","action":"b"}"#, "envelope: service_type: expected a short string"),
      (#"{"service_type":"a","action":"b","extra":1}"#, "envelope: unknown member \"extra\" (byte 41)"),
      (#"{"service_type":"a","service_type":"a"}"#, "envelope: \"service_type\" is there twice (byte 20)"),
      (#"{"service_type":"a","action":"b","request_id":"a b"}"#, "envelope: request_id: expected at most"),
      (#"{"service_type":"a","action":"b","context":[]}"#, "envelope: context"),
      (#"{"service_type":"a","action":"b","context":{"a":}}"#, "envelope: context"),
      (#"{"service_type":"a","action":"b","timestamp":{}}"#, "envelope: timestamp"),
      ("[]", "envelope: expected an object (byte 0)"), ("", "envelope: expected an object (byte 0)"),
      ("{", "envelope: "),
    ])
  func refused(json: String, message: String) {
    #expect(refusal(json)?.hasPrefix(message) == true, "\(refusal(json) ?? "")")
  }

  @Test("has a bounded context")
  func boundedContext() {
    let json = #"{"service_type":"a","action":"b","context":{"a":"\#(String(repeating: "x", count: 200))"}}"#
    #expect(refusal(json) == "envelope: context: is larger than 100 bytes")
    let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(refusal(#"{"service_type":"a","action":"b","context":{"a":\#(deep)}}"#) == nil)
  }

  @Test("reaches a method by its action")
  func call() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.post(
        "/api/v1/ai",
        #"{"service_type":"echo","action":"echo","data":{"text":"你好"},"request_id":"r-7"}"#)
      #expect(answer.status == 200)
      #expect(answer.headers.first(name: "x-request-id") == "r-7")
      #expect(answer.headers.first(name: "x-service-name") == "echo")
      #expect(answer.body.hasPrefix(#"{"status":"success","data":{"text":"你好","#), "\(answer.body)")
      #expect(
        answer.body.contains(
          #""error":null,"metadata":{"request_id":"r-7","service":"echo","method":"test.everything.v1.EchoService.Echo","duration_ms":"#
        ))
      #expect(answer.body.hasSuffix(#"Z"}"#) && answer.body.contains(#""timestamp":"20"#))
    }
  }

  @Test("passes its context on as metadata")
  func context() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.post(
        "/api/v1/ai", #"{"service_type":"echo","action":"show_metadata","context":{"user":"a"}}"#)
      // {"user":"a"} in base64.
      #expect(answer.body.contains("x-weft-context-bin: eyJ1c2VyIjoiYSJ9"), "\(answer.body)")
    }
  }

  @Test("answers errors in its own form, with the right HTTP status")
  func errors() async throws {
    try await TestGateway.withEcho { client in
      let cases = [
        (#"{"service_type":"none","action":"x"}"#, 404, #"no service \"none\"; there are echo"#),
        (#"{"service_type":"echo","action":"nope"}"#, 404, "it has collect, echo, fail"),
        (#"{"service_type":"echo","action":"repeat"}"#, 501, "streams"),
        (#"{"service_type":"echo","action":"collect"}"#, 501, "streams"),
        (#"{"service_type":"echo","action":"echo","data":{"count":"x"}}"#, 400, "data: count: "),
        (#"{"service_type":"echo","action":"echo","data":[]}"#, 400, "data: "),
        (#"{"service_type":"echo","action":"fail","data":{"count":8}}"#, 429, "as you like"),
        (#"{"service_type":"echo"#, 400, "envelope: "),
      ]
      for (body, status, message) in cases {
        let answer = try await client.post("/api/v1/ai", body)
        #expect(answer.status == status, "\(body)")
        #expect(answer.body.hasPrefix(#"{"status":"error","data":null,"error":{"code":"#), "\(answer.body)")
        #expect(answer.body.contains(message), "\(answer.body)")
        #expect(answer.body.contains(#""metadata":{"request_id":""#))
      }
      let wrong = try await client.get("/api/v1/ai")
      #expect(wrong.status == 405 && wrong.headers.first(name: "allow") == "POST")
    }
  }

  @Test("warns of deprecated actions")
  func deprecated() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.post("/api/v1/ai", #"{"service_type":"echo","action":"old"}"#)
      #expect(answer.status == 200)
      #expect(
        answer.body.hasPrefix(#"{"status":"warning""#) && answer.body.contains("deprecated"), "\(answer.body)"
      )
    }
  }
}
