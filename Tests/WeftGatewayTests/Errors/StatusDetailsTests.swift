import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftGateway

@Suite("Details of a status")
struct StatusDetailsTests {
  private func json(_ details: [(String, [UInt8])]) throws -> [String] {
    var status = Google_Rpc_Status()
    for (url, value) in details {
      var any = Google_Protobuf_Any()
      any.typeURL = url
      any.value = value
      status.details.append(any)
    }
    return StatusDetails.json(of: try status.serialized(), pool: try Everything.types().pool)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("are shown by the types of error_details.proto and of the service itself")
  func known() throws {
    var info = Google_Rpc_ErrorInfo()
    info.reason = "QUOTA"
    info.metadata = ["a": "b"]
    let inner = Wire.text(1, "x")
    #expect(
      try json([
        ("type.googleapis.com/google.rpc.ErrorInfo", try info.serialized()),
        ("type.googleapis.com/test.everything.v1.Inner", inner),
        ("type.googleapis.com/test.everything.v1.Inner", []),
      ]) == [
        #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA","metadata":{"a":"b"}}"#,
        #"{"@type":"type.googleapis.com/test.everything.v1.Inner","text":"x"}"#,
        #"{"@type":"type.googleapis.com/test.everything.v1.Inner"}"#,
      ])
  }

  @Test("of types with a JSON form of their own have it as value")
  func wellKnown() throws {
    #expect(
      try json([("type.googleapis.com/google.protobuf.Duration", Wire.number(1, 3))])
        == [#"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"3s"}"#])
  }

  @Test("of unknown types, or with bytes that are no such message, are shown in base64")
  func unknown() throws {
    #expect(
      try json([("x/none.Such", [1, 2, 255]), ("x/google.rpc.ErrorInfo", [0xFF])]) == [
        #"{"@type":"x/none.Such","value":"AQL/"}"#, #"{"@type":"x/google.rpc.ErrorInfo","value":"/w=="}"#,
      ])
  }

  @Test("that cannot be read at all are left out")
  func broken() throws {
    #expect(StatusDetails.json(of: [0xFF, 0xFF], pool: try Everything.types().pool).isEmpty)
  }
}
