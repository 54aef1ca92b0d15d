import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// The answer to an envelope: `{"status","data","error","metadata","timestamp"}`.
struct EnvelopeAnswer {
  enum Outcome {
    case success(json: [UInt8], warning: String?)
    case failure(GatewayError)
  }

  let outcome: Outcome
  let record: RequestRecord
  let duration: Duration

  func answer(fields: HTTPFields = [:]) -> Answer {
    var writer = JSONOutput(escaping: .standard)
    var status = 200
    var fields = fields
    var warning: String?
    writer.beginObject()
    switch outcome {
    case .success(let json, let text):
      warning = text
      writer.field("status", text == nil ? "success" : "warning")
      writer.key("data")
      writer.raw(json)
      writer.key("error")
      writer.null()
    case .failure(let error):
      status = error.httpStatus
      for (name, value) in error.fields { fields.add(name, value) }
      writer.field("status", "error")
      writer.key("data")
      writer.null()
      writer.key("error")
      writer.raw(error.json)
    }
    writer.key("metadata")
    writer.beginObject()
    writer.field("request_id", record.requestID)
    if let service = record.service { writer.field("service", service) }
    if let method = record.method { writer.field("method", method) }
    writer.key("duration_ms")
    writer.raw(String(duration.milliseconds).utf8)
    if let warning { writer.field("warning", warning) }
    writer.endObject()
    writer.field("timestamp", UTCTime.now().text)
    writer.endObject()
    return Answer(status: status, json: writer.bytes, fields: fields)
  }
}
