import Foundation
import NIOCore
import NIOPosix
import WeftDiscovery
import WeftRPC

/// Looks over the network. Each run has a connection of its own: a check shall see what a new caller would.
public struct NetworkProber: CheckProber {
  let group: any EventLoopGroup
  /// Of an answer's body, so much is read.
  let outputLimit: Int

  public init(
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    outputLimit: Int = RegistryLimits().checkOutputBytes
  ) {
    self.group = group
    self.outputLimit = outputLimit
  }

  public func probe(_ check: HealthCheck) async -> ProbeResult {
    switch check.kind {
    case .http(let probe): await http(probe, timeout: check.timeout)
    case .tcp(let target): await tcp(target, timeout: check.timeout)
    case .grpc(let probe): await grpc(probe, timeout: check.timeout)
    case .external, .ttl, .alias:
      ProbeResult(status: .critical, output: "this kind of check is not run")
    }
  }

  private func tcp(_ target: String, timeout: Duration) async -> ProbeResult {
    do {
      let (host, port) = try split(target)
      let channel = try await ClientBootstrap(group: group)
        .connectTimeout(timeout.amount)
        .connect(host: host, port: port).get()
      try? await channel.close()
      return ProbeResult(status: .passing, output: "TCP connect \(target): Success")
    } catch {
      return ProbeResult(status: .critical, output: "TCP connect \(target): \(Self.reason(error))")
    }
  }

  private func grpc(_ probe: GRPCProbe, timeout: Duration) async -> ProbeResult {
    var options = ChannelOptions(loadBalancing: .pickFirst())
    if probe.useTLS {
      options.tls = .tls(Self.tls(skipVerify: probe.skipTLSVerify))
    }
    options.connectTimeout = timeout
    let channel = WeftRPC.Channel(target: probe.target, options: options, group: group)
    var request = Grpc_Health_V1_HealthCheckRequest()
    request.service = probe.service
    let name = probe.service.isEmpty ? probe.target : "\(probe.target)/\(probe.service)"
    let result: ProbeResult
    do {
      let response = try await Grpc_Health_V1_HealthClient(channel).check(
        request, options: CallOptions(timeout: timeout))
      result =
        response.status == .serving
        ? ProbeResult(status: .passing, output: "gRPC check \(name): success")
        : ProbeResult(status: .critical, output: "gRPC check \(name): status \(response.status)")
    } catch {
      result = ProbeResult(status: .critical, output: "gRPC check \(name): \(error)")
    }
    await channel.shutdown()
    return result
  }

  /// `HOST:PORT`, where an IPv6 address may be in brackets.
  func split(_ target: String) throws -> (host: String, port: Int) {
    guard let colon = target.lastIndex(of: ":"), let port = Int(target[target.index(after: colon)...]) else {
      throw ProbeProblem("\(target) is not HOST:PORT")
    }
    var host = target[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return (String(host), port)
  }

  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { reason($0.error) }
        ?? "the name \(error.host) has no address"
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case ChannelError.connectTimeout: "no connection in time"
    case let error as ProbeProblem: error.description
    default: "\(error)"
    }
  }
}

/// What is wrong with an answer, or with a check.
struct ProbeProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Duration {
  /// As SwiftNIO counts time.
  var amount: TimeAmount {
    .nanoseconds(min(max(milliseconds, 1), 86_400_000) * 1_000_000)
  }
}
