import ArgumentParser
import Foundation
import WeftHost
import WeftProtobuf
import WeftRPC

/// `weft call`: any method of any server, in JSON.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a method with JSON and print the answer as JSON.",
    discussion: """
      The target is a service's name, found through the registry, or an address; the types come from the registry or
      from the server itself, by reflection. A streaming answer is printed a line for each message.

        weft call config GetConfig '{"service":"resume","environment":"prod"}'
        weft call 127.0.0.1:8213 weft.config.v1.ConfigService/GetConfig '{"service":"resume","environment":"prod"}'
        weft call config WatchConfig '{"service":"resume","environment":"prod"}'
        weft call config --list                  what can be called
        weft call config PutConfig --describe    what it takes and gives

      A request of '-' is read from standard input; methods that stream in take one message a line.
      """)

  @Argument(help: "A registered service, or host:port.")
  var target: String

  @Argument(help: "Method: GetConfig, ConfigService/GetConfig or weft.config.v1.ConfigService/GetConfig.")
  var method: String?

  @Argument(help: "The request as JSON; '-' reads it from standard input.")
  var request = "{}"

  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: "Metadata to send, as 'key: value'. May be repeated.")
  var headers: [String] = []

  @Option(help: "Give up after this time, such as 500ms or 5s. Streams wait for ever unless it is given.")
  var timeout: String?

  @Option(help: "How to pack the request: identity, gzip or deflate.")
  var compression: MessageEncoding?

  @Flag(help: "List services and methods.")
  var list = false

  @Flag(help: "Describe the method and its messages.")
  var describe = false

  @OptionGroup var client: ClientOptions

  func run() async throws {
    do {
      try await call()
    } catch let error as RPCError {
      throw Failure(error)
    }
  }

  private func call() async throws {
    let found = try await CallTarget.find(target, options: client)
    defer { withExtendedLifetime(found) {} }
    guard let name = method, !list else {
      guard list else { throw Failure("name a method, or use --list to see which there are") }
      print(TypeDescription.list(found.types).joined(separator: "\n"))
      return
    }
    let method = try MethodLookup.find(name, in: found.types)
    guard !describe else {
      print(TypeDescription.describe(method).joined(separator: "\n"))
      return
    }
    let call = DynamicCall(
      channel: found.channel, method: method, types: found.types, options: try options(for: method))
    try await call.run(try requests(for: method)) { line in
      FileHandle.standardOutput.write(Data(line + [UInt8(ascii: "\n")]))
    }
    await found.channel.shutdown()
  }

  private func options(for method: MethodDescriptor) throws -> CallOptions {
    var options = CallOptions()
    // Whatever a server sends can be looked at.
    options.maxResponseBytes = 64 << 20
    options.compression = compression
    if let timeout {
      guard let duration = Duration.parse(timeout) else {
        throw ValidationError("--timeout must be \(Duration.kind), not '\(timeout)'")
      }
      options.timeout = duration
    } else if !method.isServerStreaming, !method.isClientStreaming {
      options.timeout = .seconds(30)
    }
    options.metadata = try Metadata(headers: headers)
    return options
  }

  private func requests(for method: MethodDescriptor) throws -> [[UInt8]] {
    guard request == "-" else { return [Array(request.utf8)] }
    let input = Array(try FileHandle.standardInput.readToEnd() ?? Data())
    guard method.isClientStreaming else { return [input] }
    return input.split(separator: UInt8(ascii: "\n")).map(Array.init)
  }
}

extension MessageEncoding: ExpressibleByArgument {}
