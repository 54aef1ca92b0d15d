import WeftProtobuf
import WeftRPC

extension Failure {
  /// A call's status in a person's terms, with the details of google.rpc.Status that say more.
  init(_ error: RPCError) {
    var lines = [
      "\(error.code.name): \(error.message.isEmpty ? "the server said no more than that" : error.message)"
    ]
    if let bytes = error.details, let status = try? Google_Rpc_Status(serialized: bytes) {
      // Many servers repeat the details in the message; once is enough.
      lines += status.details.flatMap(Self.lines).filter { !error.message.contains($0.drop { $0 == " " }) }
    }
    self.init(lines.joined(separator: "\n"))
  }

  private static func lines(_ detail: Google_Protobuf_Any) -> [String] {
    let name = detail.typeURL.split(separator: "/").last.map(String.init) ?? ""
    if name == Google_Rpc_BadRequest.fullName,
      let request = try? Google_Rpc_BadRequest(serialized: detail.value)
    {
      return request.fieldViolations.map { "  \($0.field): \($0.description_)" }
    }
    return ["  with \(name)"]
  }
}
