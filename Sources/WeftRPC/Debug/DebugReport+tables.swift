import WeftHTTP2
import WeftProtobuf

/// The tables of the page.
extension DebugReport {
  static func table(_ caption: String, _ methods: [Method]) -> HTMLTable {
    let hasTargets = methods.contains { $0.target != nil }
    var columns: [HTMLTable.Column] = [.init(title: "method")]
    if hasTargets { columns.append(.init(title: "target")) }
    for title: StaticString in [
      "in flight", "calls", "failed", "a second", "p50", "p90", "p99", "mean",
    ] {
      columns.append(.init(title: title, isNumber: true))
    }
    columns.append(.init(title: "statuses"))
    var table = HTMLTable(
      caption: caption + "; rates and times are of the last minute", columns: columns,
      empty: "None yet.")
    table.rows = methods.map { method in
      func time(_ seconds: Double?) -> HTMLTable.Cell { .init(text: seconds.map(TimeText.short) ?? "–") }
      var row = [HTMLTable.Cell(text: method.name, style: "name")]
      if hasTargets { row.append(.init(text: method.target ?? "", style: "name")) }
      row += [
        .init(text: String(method.inFlight)), .init(text: String(method.started)),
        .init(text: String(method.failed), style: method.failed > 0 ? "bad" : ""),
        .init(text: TimeText.significant(method.recent.perSecond)), time(method.recent.p50),
        time(method.recent.p90), time(method.recent.p99), time(method.recent.mean),
        .init(text: method.statuses.map { "\($0.code.name) \($0.count)" }.joined(separator: ", ")),
      ]
      return row
    }
    return table
  }

  var runningTable: HTMLTable {
    var table = HTMLTable(
      caption: "The oldest first",
      columns: [
        .init(title: "method"), .init(title: "for", isNumber: true), .init(title: "caller"),
        .init(title: "trace"),
      ], empty: "None.")
    table.rows = running.map { running in
      [
        .init(text: String(running.call.path.dropFirst()), style: "name"),
        .init(text: TimeText.short(seconds: running.call.age / .seconds(1))),
        .init(text: running.peer?.name ?? "–", style: "name"),
        .init(text: running.call.traceID ?? "–", style: "id"),
      ]
    }
    return table
  }

  var connectionTable: HTMLTable {
    let caption =
      connectionCount > connections.count
      ? "The oldest \(connections.count) of \(connectionCount) connections" : "Connections of clients"
    var table = HTMLTable(
      caption: caption,
      columns: [
        .init(title: "peer"), .init(title: "identity"), .init(title: "protocol"),
        .init(title: "open for", isNumber: true), .init(title: "streams open", isNumber: true),
        .init(title: "streams so far", isNumber: true),
      ], empty: "None.")
    table.rows = connections.map { connection in
      [
        .init(text: connection.peer?.remoteAddress ?? "–", style: "name"),
        .init(text: connection.peer?.identities.first ?? "–", style: "name"),
        .init(
          text: (connection.version?.rawValue ?? "–") + (connection.peer?.isTLS == true ? " over TLS" : "")),
        .init(text: TimeText.long(connection.age)), .init(text: String(connection.openStreams)),
        .init(text: String(connection.totalStreams)),
      ]
    }
    return table
  }

  static func table(_ caption: String, _ calls: [RecentCalls.Entry]) -> HTMLTable {
    var table = HTMLTable(
      caption: caption,
      columns: [
        .init(title: "ended"), .init(title: "method"), .init(title: "status"),
        .init(title: "took", isNumber: true), .init(title: "trace"), .init(title: "message"),
        .init(title: "caller"), .init(title: "request"),
      ], empty: "None.")
    table.rows = calls.map { call in
      [
        .init(text: UTCTime(nanoseconds: call.ended).text),
        .init(text: String(call.method.dropFirst()), style: "name"),
        .init(text: call.status.name, style: call.status == .ok ? "" : "bad"),
        .init(text: TimeText.short(seconds: Double(call.nanoseconds) / 1e9)),
        .init(text: call.trace?.traceID.description ?? "–", style: "id"),
        .init(text: call.message, style: "text"), .init(text: call.peer),
        .init(text: call.requestID ?? "–", style: "id"),
      ]
    }
    return table
  }

  var channelTable: HTMLTable {
    var table = HTMLTable(
      caption: "Where this process calls",
      columns: [
        .init(title: "target"), .init(title: "address"), .init(title: "connections", isNumber: true),
        .init(title: "running", isNumber: true), .init(title: "succeeded", isNumber: true),
        .init(title: "failed", isNumber: true), .init(title: "state"),
      ], empty: "None.")
    table.rows = channels.flatMap { channel in
      channel.addresses.map { address in
        [
          .init(text: channel.target, style: "name"), .init(text: address.address, style: "name"),
          .init(text: String(address.connections)), .init(text: String(address.running)),
          .init(text: String(address.succeeded)), .init(text: String(address.failed)),
          .init(text: address.state, style: address.state.hasPrefix("failed") ? "bad text" : "text"),
        ]
      }
    }
    return table
  }
}
