import Foundation
import WeftProtobuf
import WeftRPC

/// The handler: what `GreeterService` does. The protocol and all types come from `hello/v1/hello.proto`.
struct Greeter: Hello_V1_GreeterServiceHandler {
  func sayHello(
    _ request: Hello_V1_SayHelloRequest, context: ServerContext
  ) async throws -> Hello_V1_SayHelloResponse {
    try checkName(request.name)
    return .with {
      $0.greeting = "Hello, \(request.name)!"
      $0.process = ProcessInfo.processInfo.processIdentifier
    }
  }

  func greetAround(
    _ request: Hello_V1_GreetAroundRequest, responses: ResponseWriter<Hello_V1_GreetAroundResponse>,
    context: ServerContext
  ) async throws {
    try checkName(request.name)
    for (language, greeting) in [("en", "Hello"), ("zh", "你好"), ("fr", "Bonjour"), ("sw", "Habari")] {
      try await responses.write(
        .with {
          $0.language = language
          $0.greeting = "\(greeting), \(request.name)!"
        })
    }
  }

  /// Clients get this as INVALID_ARGUMENT, those of the gateway as HTTP 400.
  private func checkName(_ name: String) throws {
    guard !name.isEmpty, name.count <= 100 else {
      throw RPCError(.invalidArgument, "name must have 1 to 100 characters")
    }
  }
}
