import ArgumentParser

/// Flags of gRPC's programs for Google's cloud. Drivers give them always; they are of no use to a program whose
/// cases need no cloud, unless they ask for credentials that Weft does not have.
struct CloudFlags: ParsableArguments {
  @Option(
    name: .customLong("use_alts"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: "False, since ALTS works in Google's cloud alone.")
  var useALTS: GRPCBoolean?

  @Option(
    name: .customLong("alts_handshaker_service_address"), defaultAsFlag: "", parsing: .next, help: .hidden)
  var altsHandshaker: String?

  @Option(
    name: .customLong("custom_credentials_type"), defaultAsFlag: "", parsing: .next,
    help: "Empty: there are no credentials but TLS.")
  var customCredentials: String?

  func validate() throws {
    if try useALTS?.value(of: "use_alts") == true {
      throw ValidationError("ALTS is not supported: it works in Google's cloud alone")
    }
    if let wanted = customCredentials.unlessEmpty, wanted != "none" {
      throw ValidationError("--custom_credentials_type=\(wanted) is not supported: use --use_tls")
    }
  }
}

/// Flags of gRPC's clients that are taken and have no effect, because they concern cases which need Google's cloud, or
/// choices that Weft's client does not have.
struct IgnoredClientFlags: ParsableArguments {
  @Option(name: .customLong("default_service_account"), defaultAsFlag: "", parsing: .next, help: .hidden)
  var serviceAccount: String?

  @Option(name: .customLong("service_account_key_file"), defaultAsFlag: "", parsing: .next, help: .hidden)
  var serviceAccountKey: String?

  @Option(name: .customLong("oauth_scope"), defaultAsFlag: "", parsing: .next, help: .hidden)
  var scope: String?

  @Option(
    name: .customLong("do_not_abort_on_transient_failures"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: .hidden)
  var goesOn: GRPCBoolean?

  @Option(
    name: .customLong("log_metadata_and_status"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: .hidden)
  var logs: GRPCBoolean?

  @Option(
    name: .customLong("enable_observability"), defaultAsFlag: GRPCBoolean.bare, parsing: .next, help: .hidden
  )
  var observes: GRPCBoolean?

  @Option(name: .customLong("iteration_interval"), help: .hidden)
  var interval = 10

  @Option(
    name: .customLong("grpc_test_use_grpclb_with_child_policy"), defaultAsFlag: "", parsing: .next,
    help: .hidden)
  var childPolicy: String?
}
