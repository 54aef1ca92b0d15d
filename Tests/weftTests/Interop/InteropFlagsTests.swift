import ArgumentParser
import Testing

@testable import weft

/// The flags as gRPC's `run_interop_tests.py` and its kin give them.
@Suite struct InteropFlagsTests {
  @Test(arguments: [
    ["--use_tls"], ["--use_tls=true"], ["--use_tls=True"], ["--use_tls=TRUE"], ["--use_tls=1"],
    ["--use_tls", "true"], ["--use_tls", "yes"],
  ])
  func trueIsTakenInEverySpelling(flag: [String]) throws {
    #expect(try InteropClientCommand.parse(flag + ["--server_port=1"]).useTLS?.value(of: "") == true)
    #expect(try InteropServerCommand.parse(flag + ["--port=1"]).useTLS?.value(of: "") == true)
    #expect(try InteropClientCommand.parse(["--server_port=1"] + flag).useTLS?.value(of: "") == true)
  }

  @Test(arguments: [[], ["--use_tls=false"], ["--use_tls=False"], ["--use_tls", "false"], ["--use_tls=0"]])
  func falseIsTakenInEverySpelling(flag: [String]) throws {
    #expect(try InteropClientCommand.parse(flag + ["--server_port=1"]).useTLS?.value(of: "use_tls") != true)
    #expect(try InteropServerCommand.parse(flag + ["--port=1"]).useTLS?.value(of: "use_tls") != true)
  }

  @Test func aBareFlagTakesNoOtherFlagsValue() throws {
    let command = try InteropClientCommand.parse(["--use_tls", "--server_port", "1", "--server_host", "true"])
    #expect(try command.useTLS?.value(of: "") == true)
    #expect(command.host == "true")
  }

  @Test func anEmptyValueIsAsGoodAsNone() throws {
    let command = try InteropClientCommand.parse([
      "--server_port=1", "--ca_file=", "--additional_metadata=", "--service_config_json=", "--oauth_scope=",
      "--server_host_override=", "--custom_credentials_type=",
    ])
    #expect(command.authorities.unlessEmpty == nil)
    #expect(command.hostOverride.unlessEmpty == nil)
  }

  @Test(arguments: ["maybe", "2", "tru", "truefalse"])
  func anotherValueIsRefused(value: String) {
    #expect(throws: (any Error).self) {
      try InteropClientCommand.parse(["--server_port=1", "--use_tls=\(value)"])
    }
  }

  @Test func aDriversWholeCommandLineIsTaken() throws {
    let command = try InteropClientCommand.parse([
      "--server_host_override=foo.test.google.fr", "--use_test_ca=true", "--use_tls=true",
      "--test_case=empty_unary", "--server_host=localhost", "--server_port=10000",
      "--additional_metadata=a:b;c:d", "--service_config_json={}", "--soak_iterations=8",
      "--soak_max_failures=1",
      "--soak_num_threads=4", "--soak_request_size=10", "--soak_response_size=20",
      "--soak_per_iteration_max_acceptable_latency_ms=100", "--soak_overall_timeout_seconds=10",
      "--soak_min_time_ms_between_rpcs=1", "--default_service_account=a@b", "--oauth_scope=https://x",
      "--service_account_key_file=/none", "--custom_credentials_type=", "--use_alts=false",
      "--alts_handshaker_service_address=", "--do_not_abort_on_transient_failures",
      "--log_metadata_and_status=true", "--enable_observability=false", "--iteration_interval=10",
      "--num_times=1",
    ])
    #expect(try command.useTestCA?.value(of: "") == true)
    #expect(command.hostOverride == "foo.test.google.fr")
    #expect(command.soak.soak.callers == 4)
    #expect(command.soak.soak.responseBytes == 20)
  }

  @Test func aServersCommandLineIsTaken() throws {
    let command = try InteropServerCommand.parse([
      "--port=8080", "--use_tls=true", "--use_alts=false", "--custom_credentials_type=",
      "--address_type=IPV4_IPV6",
      "--max_send_message_size=-1",
    ])
    #expect(command.port == 8080)
    #expect(command.addresses == .both)
  }

  @Test(arguments: [
    "--use_alts=true", "--use_alts", "--custom_credentials_type=google_default_credentials",
    "--soak_num_threads=3", "--soak_iterations=-1", "--soak_response_size=99999999999", "--num_times=0",
  ])
  func whatCannotBeDoneIsRefused(flag: String) {
    #expect(throws: (any Error).self) { try InteropClientCommand.parse(["--server_port=1", flag]) }
  }

  @Test func aCertificateWithoutItsKeyIsRefused() {
    #expect(throws: (any Error).self) {
      try InteropServerCommand.parse(["--use_tls", "--tls_cert_file=a.pem"])
    }
  }
}
