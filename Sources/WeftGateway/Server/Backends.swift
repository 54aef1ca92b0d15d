import Synchronization
import WeftRPC

/// A way to call one registered service.
public struct Backend: Sendable {
  public let channel: any RPCChannel
  /// Lets calls in flight end, then closes.
  public let close: @Sendable () async -> Void

  public init(channel: any RPCChannel, close: @escaping @Sendable () async -> Void = {}) {
    self.channel = channel
    self.close = close
  }
}

/// One ``Backend`` for each registered service, made when it is first called.
final class Backends: Sendable {
  private let make: @Sendable (String) -> Backend
  private let open = Mutex<[String: Backend]>([:])

  /// - Parameter make: makes the backend of the service with this name in the registry.
  init(_ make: @escaping @Sendable (String) -> Backend) {
    self.make = make
  }

  func channel(to service: String) -> any RPCChannel {
    open.withLock { open in
      if let backend = open[service] { return backend.channel }
      let backend = make(service)
      open[service] = backend
      return backend.channel
    }
  }

  /// Closes the backends of services that have gone.
  func keep(_ services: Set<String>) async {
    let gone = open.withLock { open in
      let gone = open.filter { !services.contains($0.key) }
      for name in gone.keys { open[name] = nil }
      return Array(gone.values)
    }
    for backend in gone { await backend.close() }
  }
}
