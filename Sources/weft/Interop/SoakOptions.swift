import ArgumentParser
import WeftInterop

/// How the soak cases go.
struct SoakOptions: ParsableArguments {
  @Option(name: .customLong("soak_iterations"), help: "Calls to make.")
  var iterations = 10

  @Option(name: .customLong("soak_max_failures"), help: "Calls that may fail.")
  var maxFailures = 0

  @Option(
    name: .customLong("soak_per_iteration_max_acceptable_latency_ms"),
    help: "Milliseconds after which a call counts as failed.")
  var maxLatency = 1000

  @Option(
    name: .customLong("soak_overall_timeout_seconds"),
    help: "Seconds for all of it. (default: the time that the slowest calls may take)")
  var overallTimeout: Int?

  @Option(
    name: .customLong("soak_min_time_ms_between_rpcs"), help: "Milliseconds from call to call at least.")
  var minTimeBetweenCalls = 0

  @Option(name: .customLong("soak_request_size"), help: "Bytes in the payload of a request.")
  var requestBytes = InteropClient.Soak().requestBytes

  @Option(name: .customLong("soak_response_size"), help: "Bytes in the payload of a response.")
  var responseBytes = InteropClient.Soak().responseBytes

  @Option(name: .customLong("soak_num_threads"), help: "Callers at a time, which share the calls.")
  var callers = 1

  func validate() throws {
    guard iterations >= 0, maxFailures >= 0, maxLatency >= 0, minTimeBetweenCalls >= 0,
      overallTimeout ?? 0 >= 0
    else { throw ValidationError("--soak_ flags take no negative numbers") }
    guard (0...64 << 20).contains(responseBytes), (0...64 << 20).contains(requestBytes) else {
      throw ValidationError("--soak_request_size and --soak_response_size take 0 to 64 MiB")
    }
    guard callers > 0, iterations % callers == 0 else {
      throw ValidationError("--soak_iterations must be a multiple of --soak_num_threads")
    }
  }

  var soak: InteropClient.Soak {
    var soak = InteropClient.Soak()
    soak.iterations = iterations
    soak.maxFailures = maxFailures
    soak.maxLatency = .milliseconds(maxLatency)
    soak.overallTimeout = overallTimeout.map { .seconds($0) }
    soak.minTimeBetweenCalls = .milliseconds(minTimeBetweenCalls)
    soak.requestBytes = requestBytes
    soak.responseBytes = responseBytes
    soak.callers = callers
    return soak
  }
}
