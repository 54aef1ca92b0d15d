import Glibc
import NIOCore

/// An address that cannot be listened on.
public struct ListenError: Error, Sendable, CustomStringConvertible {
  let address: String
  let reason: String
  public var description: String { "cannot listen on \(address): \(reason)" }

  /// Adds the address, which the system's own error lacks.
  public static func explaining(
    _ settings: Settings, port: SettingKey<Int>, _ start: () async throws -> SocketAddress
  ) async throws -> SocketAddress {
    do {
      return try await start()
    } catch {
      let address = "\(settings[HostSettings.host]):\(settings[port])"
      let inUse = (error as? IOError)?.errnoCode == EADDRINUSE
      throw ListenError(
        address: address, reason: inUse ? "the port is in use by another process" : "\(error)")
    }
  }
}
