import ArgumentParser

/// Flags of gRPC's programs for Google's cloud. Drivers give them always; they are of no use to a program whose
/// cases need no cloud, unless they ask for credentials that Weft does not have.
struct CloudFlags: ParsableArguments {
  @Option(
    name: .customLong("use_alts"), defaultAsFlag: GRPCBoolean(true),
    help: "False, since ALTS works in Google's cloud alone.")
  var useALTS: GRPCBoolean?

  @Option(name: .customLong("alts_handshaker_service_address"), help: .hidden)
  var altsHandshaker = ""

  @Option(name: .customLong("custom_credentials_type"), help: "Empty: there are no credentials but TLS.")
  var customCredentials = ""

  func validate() throws {
    if useALTS.isSet { throw ValidationError("ALTS is not supported: it works in Google's cloud alone") }
    guard customCredentials.isEmpty || customCredentials == "none" else {
      throw ValidationError("--custom_credentials_type=\(customCredentials) is not supported: use --use_tls")
    }
  }
}

/// Flags of gRPC's clients that are taken and have no effect, because they concern cases which need Google's cloud, or
/// choices that Weft's client does not have.
struct IgnoredClientFlags: ParsableArguments {
  @Option(name: .customLong("default_service_account"), help: .hidden)
  var serviceAccount = ""

  @Option(name: .customLong("service_account_key_file"), help: .hidden)
  var serviceAccountKey = ""

  @Option(name: .customLong("oauth_scope"), help: .hidden)
  var scope = ""

  @Option(
    name: .customLong("do_not_abort_on_transient_failures"), defaultAsFlag: GRPCBoolean(true), help: .hidden)
  var goesOn: GRPCBoolean?

  @Option(name: .customLong("log_metadata_and_status"), defaultAsFlag: GRPCBoolean(true), help: .hidden)
  var logs: GRPCBoolean?

  @Option(name: .customLong("enable_observability"), defaultAsFlag: GRPCBoolean(true), help: .hidden)
  var observes: GRPCBoolean?

  @Option(name: .customLong("iteration_interval"), help: .hidden)
  var interval = 10

  @Option(name: .customLong("grpc_test_use_grpclb_with_child_policy"), help: .hidden)
  var childPolicy = ""
}
