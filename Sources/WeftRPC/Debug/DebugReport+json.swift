import WeftHTTP2
import WeftProtobuf

extension DebugReport {
  /// For tools. Durations are in seconds, times as RFC 3339 text.
  var json: JSONTree {
    .object([
      ("service", .string(service)),
      ("pid", .int(Int(processID))),
      ("time", .string(UTCTime(nanoseconds: time).text)),
      ("uptime_seconds", .number(uptime / .seconds(1))),
      (
        "connections",
        .object([("open", .int(connectionCount)), ("oldest", .array(connections.map(\.json)))])
      ),
      ("running", .array(running.map { Self.json($0.call, $0.peer) })),
      ("channels", .array(channels.map(\.json))),
      ("server", .object([("methods", .array(server.map(\.json)))])),
      ("client", .object([("methods", .array(client.map(\.json)))])),
      (
        "recent",
        .object([
          ("slow", .array(slow.map(\.json))), ("failed", .array(failed.map(\.json))),
        ])
      ),
    ])
  }
}

extension DebugReport {
  private static func json(_ call: HTTPConnectionInfo.Call, _ peer: PeerInfo?) -> JSONTree {
    .object([
      ("method", .string(String(call.path.dropFirst()))), ("age_seconds", .number(call.age / .seconds(1))),
      ("peer", .optional(peer?.name)), ("trace_id", .optional(call.traceID)),
    ])
  }
}

extension PeerInfo {
  /// What a caller is called: the first name in its certificate, or its address.
  var name: String { identities.first ?? remoteAddress }
}

extension DebugReport.Method {
  fileprivate var json: JSONTree {
    var members: [(key: String, value: JSONTree)] = [("method", .string(name))]
    if let target { members.append(("target", .string(target))) }
    members += [
      ("started", .int(started)), ("in_flight", .int(inFlight)), ("failed", .int(Int(clamping: failed))),
      (
        "statuses",
        .object(statuses.map { (key: $0.code.name, value: JSONTree.int(Int(clamping: $0.count))) })
      ),
      (
        "last_minute",
        .object([
          ("seconds", .number(recent.seconds)), ("started", .int(recent.started)),
          ("failed", .int(Int(clamping: recent.failed))), ("per_second", .number(recent.perSecond)),
          ("mean_seconds", .optional(recent.mean)), ("p50_seconds", .optional(recent.p50)),
          ("p90_seconds", .optional(recent.p90)), ("p99_seconds", .optional(recent.p99)),
        ])
      ),
    ]
    return .object(members)
  }
}

extension DebugReport.ClientChannel {
  fileprivate var json: JSONTree {
    .object([
      ("target", .string(target)),
      (
        "addresses",
        .array(
          addresses.map { address in
            .object([
              ("address", .string(address.address)), ("state", .string(address.state)),
              ("connections", .int(address.connections)), ("running", .int(address.running)),
              ("succeeded", .int(address.succeeded)), ("failed", .int(address.failed)),
            ])
          })
      ),
    ])
  }
}

extension HTTPConnectionInfo {
  fileprivate var json: JSONTree {
    .object([
      ("peer", .optional(peer?.remoteAddress)), ("tls", peer.map { .bool($0.isTLS) } ?? .null),
      ("identities", .array((peer?.identities ?? []).map { .string($0) })),
      ("protocol", .optional(version?.rawValue)), ("age_seconds", .number(age / .seconds(1))),
      ("open_streams", .int(openStreams)), ("total_streams", .int(totalStreams)),
    ])
  }
}

extension RecentCalls.Entry {
  fileprivate var json: JSONTree {
    .object([
      ("method", .string(String(method.dropFirst()))), ("status", .string(status.name)),
      ("message", .string(message)), ("seconds", .number(Double(nanoseconds) / 1e9)),
      ("ended", .string(UTCTime(nanoseconds: ended).text)), ("peer", .string(peer)),
      ("request_id", .optional(requestID)), ("trace_id", .optional(trace?.traceID.description)),
      ("span_id", .optional(trace?.spanText)),
    ])
  }
}
