import NIOCore
import NIOSSL
import Synchronization

/// TLS settings that may be replaced while they are in use: certificates come and go, processes stay.
///
/// New connections use the newest settings. Connections that are open keep theirs: TLS knows no way to change
/// them.
public final class ReloadableTLS: Sendable {
  private struct State {
    var settings: TLSConfiguration
    var context: NIOSSLContext
  }

  /// Which protocols are offered by ALPN (RFC 7301).
  public enum Role: Sendable {
    /// Takes `h2` and `http/1.1`.
    case server
    /// Asks for `h2`.
    case client

    var protocols: [String] { self == .server ? ["h2", "http/1.1"] : ["h2"] }
  }

  private let role: Role
  private let state: Mutex<State>

  /// - Throws: what BoringSSL says of the settings.
  public init(_ settings: TLSConfiguration, role: Role) throws {
    self.role = role
    state = Mutex(try Self.made(settings, role))
  }

  /// Uses other settings for connections that are made from now on.
  ///
  /// - Throws: what BoringSSL says of them; the settings that were in use stay.
  public func replace(with settings: TLSConfiguration) throws {
    let made = try Self.made(settings, role)
    state.withLock { $0 = made }
  }

  /// The settings in use.
  public var settings: TLSConfiguration { state.withLock { $0.settings } }

  /// What a new connection is to use.
  package var context: NIOSSLContext { state.withLock { $0.context } }

  /// How long a peer has to say that it ends TLS as well. NIOSSL keeps what it has of a connection, some 100 KiB, for
  /// that long, also when the connection has ended: peers that are cut off and come back must not add up.
  private static let shutdownTimeout = TimeAmount.seconds(1)

  private static func made(_ settings: TLSConfiguration, _ role: Role) throws -> State {
    var settings = settings
    settings.applicationProtocols = role.protocols
    settings.shutdownTimeout = shutdownTimeout
    return State(settings: settings, context: try NIOSSLContext(configuration: settings))
  }
}
