import Logging
import WeftRPC
import WeftTelemetry

/// The settings that every process of the mesh understands.
public enum HostSettings {
  public static let host = SettingKey<String>(
    "host", default: "127.0.0.1", help: "address to listen on", check: notEmpty)
  public static let registry = SettingKey<String>(
    "registry", default: "ipv4:127.0.0.1:\(defaultRegistryPort)",
    help: "where the registry is; 'none' to run without one",
    check: RegistryTarget.problem)
  public static let certificates = SettingKey<String>(
    "certs", default: "certs", help: "folder with ca.pem and this service's certificate", check: notEmpty)
  public static let insecure = SettingKey<Bool>(
    "insecure", default: false, help: "accept plain connections without certificates; for trials only")
  public static let data = SettingKey<String>(
    "data", default: "data", help: "folder for what the service stores", otherNames: ["data-dir"],
    check: notEmpty)
  public static let logLevel = SettingKey<Logger.Level>(
    "log-level", default: .info, help: "trace, debug, info, notice, warning, error or critical")
  public static let logFormat = SettingKey<WeftLogHandler.Format>(
    "log-format", default: .console, help: "console for people, json for machines")
  public static let advertise = SettingKey<String>(
    "advertise", default: "", help: "address that others reach this process at; the listening one by default")
  public static let zone = SettingKey<String>("zone", default: "", help: "where this instance runs")
  public static let weight = SettingKey<Int>(
    "weight", default: 1, in: 1...65_535, help: "share of the load relative to other instances")
  public static let lease = SettingKey<Duration>(
    "lease", default: .seconds(10), in: .seconds(1) ... .seconds(86_400),
    help: "silence after which the registry forgets this instance")
  public static let drain = SettingKey<Duration>(
    "drain", default: .seconds(15), in: .zero ... .seconds(600),
    help: "time that running calls get to finish at a stop")
  public static let threads = SettingKey<Int>(
    "threads", default: 0, in: 0...1_024, help: "event loops; 0 for one each core")

  public static let debug = SettingKey<DebugPages.Access>(
    "debug", default: .local,
    help: "who may look at /debug: local (this machine, mesh certificates), all, off")
  public static let slowCall = SettingKey<Duration>(
    "slow-call", default: .milliseconds(500), in: .milliseconds(1) ... .seconds(3_600),
    help: "time from which on a unary call or a request is shown on /debug as slow")

  public static let binaryLog = SettingKey<String>(
    "binary-log", default: "",
    help:
      "calls to keep for 'weft replay', as '*', 'package.Service/*{h:256;m:1024}', '-package.Service/Method'",
    check: { text in
      do {
        if !text.isEmpty { _ = try BinaryLogFilter(text) }
        return nil
      } catch { return "\(error)" }
    })
  public static let binaryLogFile = SettingKey<String>(
    "binary-log-file", default: "", help: "where they are kept; DATA/NAME.binlog by default")

  public static let otlp = SettingKey<String>(
    "otlp", default: "",
    help: "OpenTelemetry collector for traces and metrics: host:port, http://host:port or https://host:port",
    check: { text in
      text.isEmpty || OTLPEndpoint(text) != nil
        ? nil : "must be host:port, http://host:port or https://host:port"
    })
  public static let otlpHeaders = SettingKey<String>(
    "otlp-headers", default: "", help: "sent to the collector, as name=value,name=value",
    check: { OTLPHeaders.metadata($0) == nil ? "must be name=value pairs with commas between them" : nil })
  public static let traceSample = SettingKey<Double>(
    "trace-sample", default: 0, in: 0...1, help: "share of the calls without a trace that begin one")

  public static let compression = SettingKey<MessageEncoding>(
    "compression", default: .identity,
    help: "how replies are packed for callers that can read it: identity, gzip or deflate")

  /// What every process tells of itself, and to whom.
  public static let vitals: [any SettingDeclaration] = [debug, slowCall, otlp, otlpHeaders, traceSample]
  /// What every process understands that serves calls.
  public static let serving: [any SettingDeclaration] =
    [binaryLog, binaryLogFile, compression] + access + load

  /// The port has no default that fits all: each service brings its own.
  public static func port(default port: Int, otherNames: [String] = []) -> SettingKey<Int> {
    SettingKey<Int>(
      "port", default: port, in: 0...65_535, help: "port to listen on; 0 for any free one",
      otherNames: otherNames)
  }

  public static let defaultRegistryPort = 8502

  /// What logging needs, for processes that are not services.
  public static let logging: [any SettingDeclaration] = [logLevel, logFormat]

  public static func all(port: Int) -> [any SettingDeclaration] {
    [
      host, Self.port(default: port), registry, certificates, insecure, data, logLevel, logFormat, advertise,
      zone,
      weight, lease, drain, threads,
    ] + serving + vitals
  }

  private static let notEmpty: @Sendable (String) -> String? = { $0.isEmpty ? "must not be empty" : nil }
}
