import WeftProtobuf

extension RouteTable {
  /// The table as JSON for `/debug/routes`.
  func listing() -> [UInt8] {
    var writer = JSONOutput(escaping: .standard, reserving: 1_024 + routes.count * 160)
    writer.beginObject()
    writer.key("routes")
    writer.beginArray()
    for route in routes {
      writer.beginObject()
      writer.field("verb", route.verb)
      writer.field("path", route.template.text)
      writer.field("service", route.service)
      writer.field("method", route.method.fullName)
      if route.method.isServerStreaming { writer.field("streams", "server") }
      writer.endObject()
    }
    writer.endArray()
    writer.key("actions")
    writer.beginObject()
    for service in serviceNames {
      writer.key(service)
      writer.beginArray()
      for name in actions(of: service)?.names ?? [] { writer.string(name) }
      writer.endArray()
    }
    writer.endObject()
    write(.conflict, as: "conflicts", to: &writer)
    write(.badRoute, as: "bad_routes", to: &writer)
    write(.quarantine, as: "quarantined", to: &writer)
    writer.endObject()
    return writer.bytes
  }

  private func write(_ kind: Problem.Kind, as name: String, to writer: inout JSONOutput) {
    writer.key(name)
    writer.beginArray()
    for problem in problems where problem.kind == kind {
      writer.beginObject()
      writer.field("service", problem.service)
      if !problem.subject.isEmpty { writer.field("subject", problem.subject) }
      writer.field("reason", problem.reason)
      writer.endObject()
    }
    writer.endArray()
  }
}
