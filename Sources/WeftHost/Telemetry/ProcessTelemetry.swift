import Logging
import NIOCore
import NIOSSL
import WeftHTTP2
import WeftRPC
import WeftTelemetry

/// What a process sends to an OpenTelemetry collector, when its settings name one.
struct ProcessTelemetry: Sendable {
  private let channel: WeftRPC.Channel
  private let task: Task<Void, Never>

  /// Sets up tracing for the process as the settings say.
  ///
  /// - Returns: nil without a collector; traces of callers are passed on all the same.
  static func start(
    service: String, settings: Settings, group: any EventLoopGroup, logger: Logger
  ) -> ProcessTelemetry? {
    let sampling = settings[HostSettings.traceSample]
    guard let endpoint = OTLPEndpoint(settings[HostSettings.otlp]) else {
      Tracing.install(Tracing(sampling: sampling))
      return nil
    }
    var options = ChannelOptions(tls: endpoint.usesTLS ? .tls(.makeClientConfiguration()) : .plaintext)
    options.logger = logger
    let channel = WeftRPC.Channel(target: endpoint.target, options: options, group: group)
    var configuration = OTLPConfiguration(service: service)
    configuration.metadata = OTLPHeaders.metadata(settings[HostSettings.otlpHeaders]) ?? Metadata()
    let exporter = OTLPExporter(configuration, channel: channel, logger: logger)
    Tracing.install(Tracing(sampling: sampling, sink: exporter))
    return ProcessTelemetry(channel: channel, task: Task.detached { await exporter.run() })
  }

  /// Sends what is left.
  func stop() async {
    task.cancel()
    await task.value
    await channel.shutdown()
  }
}
