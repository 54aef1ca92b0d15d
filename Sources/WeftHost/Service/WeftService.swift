import WeftRPC

/// A service of the mesh: its name, its handlers, and nothing else to write.
///
/// ```swift
/// await WeftService(name: "hello", version: "1.0.0") { HelloHandler() }.run()
/// ```
///
/// The process reads its settings (`--help` lists them), listens with mutual TLS, registers and keeps itself
/// registered, answers `/health` and `/metrics` on its own port, and stops cleanly on SIGTERM or Ctrl-C.
public struct WeftService: Sendable {
  public let name: String
  public let version: String
  public let defaultPort: Int
  /// Settings of the service's own, beside ``HostSettings``.
  public let ownSettings: [any SettingDeclaration]
  let registers: Bool
  let makeHandlers: @Sendable (ServiceEnvironment) async throws -> [any RPCService]
  private(set) var interceptors: [any ServerInterceptor] = []
  private(set) var adjust: @Sendable (inout RPCServerConfiguration) -> Void = { _ in }

  /// - Parameters:
  ///   - name: what others call it, as in `weft:///hello`; also the name in its certificate.
  ///   - port: where it listens when nothing else is set. 8214 and above are free for new services.
  ///   - registers: whether others find it through the registry.
  ///   - handlers: makes the handlers once settings are read; it may open stores and fail.
  public init(
    name: String, version: String, port: Int = 8214, settings: [any SettingDeclaration] = [],
    registers: Bool = true,
    @HandlerList handlers: @escaping @Sendable (ServiceEnvironment) async throws -> [any RPCService]
  ) {
    self.name = name
    self.version = version
    self.defaultPort = port
    self.ownSettings = settings
    self.registers = registers
    self.makeHandlers = handlers
  }

  /// The same for handlers that need nothing from their environment.
  public init(
    name: String, version: String, port: Int = 8214,
    @HandlerList handlers: @escaping @Sendable () async throws -> [any RPCService]
  ) {
    self.name = name
    self.version = version
    self.defaultPort = port
    self.ownSettings = []
    self.registers = true
    self.makeHandlers = { _ in try await handlers() }
  }

  /// The same service with interceptors around its calls, behind those that were added before.
  public func intercepted(by interceptors: any ServerInterceptor...) -> WeftService {
    var service = self
    service.interceptors += interceptors
    return service
  }

  /// The same service, whose server is set up further in code once the settings were read: limits of methods,
  /// sizes of messages.
  public func configured(_ change: @escaping @Sendable (inout RPCServerConfiguration) -> Void) -> WeftService
  {
    var service = self
    service.adjust = { [adjust] configuration in
      adjust(&configuration)
      change(&configuration)
    }
    return service
  }

  var settings: [any SettingDeclaration] { HostSettings.all(port: defaultPort) + ownSettings }
}

/// Lets handlers be listed one a line.
@resultBuilder public enum HandlerList {
  public static func buildBlock(_ handlers: any RPCService...) -> [any RPCService] { handlers }
}
