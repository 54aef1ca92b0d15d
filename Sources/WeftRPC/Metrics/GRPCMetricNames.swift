/// The names of gRPC's own metrics (gRFC A66, A96), as an OpenTelemetry exporter tells them to Prometheus: dots become
/// underscores, the unit follows, and a counter ends in `_total`.
struct GRPCMetricNames: Sendable {
  let started: String
  let inFlight: String
  let duration: String
  let sent: String
  let received: String

  static let server = GRPCMetricNames(
    started: "grpc_server_call_started_total", inFlight: "weft_server_calls_in_flight",
    duration: "grpc_server_call_duration_seconds",
    sent: "grpc_server_call_sent_total_compressed_message_size_bytes",
    received: "grpc_server_call_rcvd_total_compressed_message_size_bytes")
  static let client = GRPCMetricNames(
    started: "grpc_client_attempt_started_total", inFlight: "weft_client_attempts_in_flight",
    duration: "grpc_client_attempt_duration_seconds",
    sent: "grpc_client_attempt_sent_total_compressed_message_size_bytes",
    received: "grpc_client_attempt_rcvd_total_compressed_message_size_bytes")

  static let clientCall = "grpc_client_call_duration_seconds"
  static let retries = "grpc_client_call_retries_total"

  static let help: [String: String] = [
    server.started: "Calls that began on this server, also those that have not ended.",
    server.inFlight: "Calls that this server is serving now.",
    server.duration: "Time from the head of a call to the end of its reply.",
    server.sent: "Bytes of the messages sent in a call, as they were on the wire.",
    server.received: "Bytes of the messages received in a call, as they were on the wire.",
    client.started: "Attempts of calls that this process began to make.",
    client.inFlight: "Attempts of calls that wait for their end.",
    client.duration: "Time that one attempt of a call took.",
    client.sent: "Bytes of the messages sent in an attempt, as they were on the wire.",
    client.received: "Bytes of the messages received in an attempt, as they were on the wire.",
    clientCall: "Time that a call took with all its attempts, as its caller saw it.",
    retries: "Attempts beyond the first, hedges and transparent retries too.",
  ]
}

extension MethodMetrics.Side {
  var names: GRPCMetricNames { self == .server ? .server : .client }
}
