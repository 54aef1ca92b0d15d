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
    try await explaining(host: settings[HostSettings.host], port: settings[port], setting: port.name, start)
  }

  /// The same for a port that is read otherwise; the error names the setting that chooses another.
  public static func explaining(
    host: String, port: Int, setting: String, _ start: () async throws -> SocketAddress
  ) async throws -> SocketAddress {
    do {
      return try await start()
    } catch {
      let address = "\(host):\(port)"
      let inUse = (error as? IOError)?.errnoCode == EADDRINUSE
      let taken = "the port is in use by another process; --\(setting) chooses another"
      throw ListenError(
        address: address, reason: inUse ? taken : "\(error)")
    }
  }
}
