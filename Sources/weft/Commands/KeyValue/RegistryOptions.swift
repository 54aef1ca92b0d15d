import ArgumentParser
import Foundation
import WeftDiscovery
import WeftRPC

/// How commands that ask the registry show who they are.
struct RegistryOptions: ParsableArguments {
  @OptionGroup var client: ClientOptions

  @Option(
    help: """
      Secret of an access token; from WEFT_TOKEN or CONSUL_HTTP_TOKEN without it, which keeps it out of the list of \
      processes.
      """)
  var token: String?

  private var secret: String? {
    let environment = ProcessInfo.processInfo.environment
    return token ?? environment["WEFT_TOKEN"] ?? environment["CONSUL_HTTP_TOKEN"]
  }

  /// A way to the registry's own service that shows the token.
  func registryClient() throws -> RegistryClient {
    RegistryClient(channel: try client.channel(target: client.registry, service: "registry"), token: secret)
  }

  /// Where the registry is.
  var address: String { client.registry }

  /// - Parameter timeout: nil for calls that last.
  func callOptions(timeout: Duration? = .seconds(30)) -> CallOptions {
    var options = CallOptions(timeout: timeout, maxResponseBytes: 64 << 20)
    options.show(token: secret)
    return options
  }

  /// Runs `body` with a way to the registry, and says in a person's terms what went wrong.
  func withRegistry<R>(_ body: (Channel) async throws -> R) async throws -> R {
    let channel = try client.channel(target: client.registry, service: "registry")
    do {
      let result = try await body(channel)
      await channel.shutdown()
      return result
    } catch let error as RPCError {
      await channel.shutdown()
      throw Failure(error)
    } catch {
      await channel.shutdown()
      throw error
    }
  }
}
