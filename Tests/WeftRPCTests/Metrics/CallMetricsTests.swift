import NIOCore
import Testing

@testable import WeftRPC

/// The metrics are the process's, so each test counts a method of its own, or looks at what grew.
@Suite struct CallMetricsTests {
  @Test func aClientMeasuresItsAttemptsUnderGRPCsNames() async throws {
    try await withServer { _, port in
      let target = "ipv4:127.0.0.1:\(port)"
      try await withChannel(target) { channel in
        _ = try await channel.unary(Echo.unary, Text("1234567"))
        let labels = "grpc_method=\"test.Echo/Unary\",grpc_target=\"\(target)\""
        let text = MetricsRegistry.shared.prometheusText()
        #expect(text.contains("grpc_client_attempt_started_total{\(labels)} 1\n"))
        #expect(
          text.contains("grpc_client_attempt_duration_seconds_count{\(labels),grpc_status=\"OK\"} 1\n"))
        // A StringValue of seven letters is nine bytes.
        for direction in ["sent", "rcvd"] {
          let name = "grpc_client_attempt_\(direction)_total_compressed_message_size_bytes"
          #expect(text.contains("\(name)_sum{\(labels),grpc_status=\"OK\"} 9\n"))
          #expect(text.contains("\(name)_bucket{\(labels),grpc_status=\"OK\",le=\"0\"} 0\n"))
          #expect(text.contains("\(name)_bucket{\(labels),grpc_status=\"OK\",le=\"1024\"} 1\n"))
        }
        #expect(text.contains("# TYPE grpc_client_attempt_duration_seconds histogram\n"))
        #expect(text.contains("# HELP grpc_client_attempt_duration_seconds "))
      }
    }
  }

  @Test func whatAStreamCarriedCountsOncePerCall() async throws {
    try await withServer { _, port in
      let target = "ipv4:127.0.0.1:\(port)"
      try await withChannel(target) { channel in
        try await channel.serverStreaming(Echo.expand, Text("abc")) { for try await _ in $0 {} }
        let labels = "grpc_method=\"test.Echo/Expand\",grpc_target=\"\(target)\",grpc_status=\"OK\""
        let text = MetricsRegistry.shared.prometheusText()
        let name = "grpc_client_attempt_rcvd_total_compressed_message_size_bytes"
        #expect(text.contains("\(name)_sum{\(labels)} 9\n"))
        #expect(text.contains("\(name)_count{\(labels)} 1\n"))
      }
    }
  }

  @Test func aFailedAttemptCountsUnderItsStatus() async throws {
    let refusing = EchoService(unary: { _, _ in throw RPCError(.notFound, "no") })
    try await withServer(refusing) { _, port in
      let target = "ipv4:127.0.0.1:\(port)"
      try await withChannel(target) { channel in
        _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        let labels = "grpc_method=\"test.Echo/Unary\",grpc_target=\"\(target)\",grpc_status=\"NOT_FOUND\""
        let text = MetricsRegistry.shared.prometheusText()
        #expect(text.contains("grpc_client_attempt_duration_seconds_count{\(labels)} 1\n"))
      }
    }
  }

  @Test func latencyBucketsAreThoseOfGRPC() {
    let registry = MetricsRegistry()
    let metrics = registry.method(.init(method: "/a.B/C", side: .server))
    metrics.started()
    metrics.ended(.ok, since: .now())
    let text = registry.prometheusText()
    let name = "grpc_server_call_duration_seconds_bucket{grpc_method=\"a.B/C\",grpc_status=\"OK\",le="
    for bound in ["\"1e-05\"", "\"0.0003\"", "\"0.065\"", "\"100\"", "\"+Inf\""] {
      #expect(text.contains(name + bound + "}"), "\(bound)")
    }
    #expect(text.contains("grpc_server_call_started_total{grpc_method=\"a.B/C\"} 1\n"))
    #expect(text.contains("weft_server_calls_in_flight{grpc_method=\"a.B/C\"} 0\n"))
  }

  @Test func callsAndRetriesOfAClientAreTold() {
    let registry = MetricsRegistry()
    let channel = ChannelMetrics(target: "dns:///a:1", registry: registry)
    channel.method("/a.B/C").callEnded(.unavailable, since: .now(), attempts: 3)
    let text = registry.prometheusText()
    let labels = "grpc_method=\"a.B/C\",grpc_target=\"dns:///a:1\""
    #expect(
      text.contains("grpc_client_call_duration_seconds_count{\(labels),grpc_status=\"UNAVAILABLE\"} 1\n"))
    #expect(text.contains("grpc_client_call_retries_total{\(labels)} 2\n"))
  }

  @Test func endlessMethodNamesDoNotMakeEndlessMetrics() {
    let registry = MetricsRegistry()
    let channel = ChannelMetrics(target: "x", registry: registry)
    for index in 0..<1_500 { channel.method("/made.Up/\(index)").attempts.started() }
    #expect(registry.methods(.client).count <= 1_001)
    #expect(
      registry.prometheusText().contains(
        "grpc_client_attempt_started_total{grpc_method=\"other\",grpc_target=\"x\"} 500\n"))
  }

  @Test func endlessTargetsDoNotMakeEndlessMetrics() {
    let registry = MetricsRegistry()
    for index in 0..<1_500 {
      ChannelMetrics(target: "ipv4:10.0.0.1:\(index)", registry: registry).method("/a.B/C").attempts.started()
    }
    #expect(registry.methods(.client).count <= 1_001)
  }
}
