import Logging
import WeftRPC
import Yams

/// The file that says who may call what: gRFC A43's policy, as JSON or as the same in YAML.
public struct AuthorizationFile: Sendable {
  static let maxBytes = 1 << 20

  public let path: String

  public init(path: String) {
    self.path = path
  }

  /// The policy as the file has it now.
  ///
  /// - Throws: ``AuthorizationFileError``.
  public func read() throws -> AuthorizationPolicy {
    do {
      return try AuthorizationPolicy(
        json: YAMLText.json(try TextFile.read(path: path, maxBytes: Self.maxBytes)))
    } catch {
      throw AuthorizationFileError(path: path, reason: "\(error)")
    }
  }

  /// Decides by the file, and by what it says later.
  ///
  /// - Parameters:
  ///   - verifier: checks the callers' tokens.
  ///   - interval: how often the file is looked at.
  /// - Throws: ``AuthorizationFileError`` when the file cannot be used now. Later the last good policy stays.
  public func authorizer(
    verifier: (any TokenVerifier)? = nil, every interval: Duration = .seconds(5)
  ) throws -> Authorizer {
    let logger = Logger(label: "weft.authorization")
    let watch = FileWatch([path])
    let authorizer = Authorizer(try read(), verifier: verifier, logger: logger)
    watch.follow(for: authorizer, every: interval) { reload($0, logger) }
    return authorizer
  }

  /// Gives `authorizer` what the file says now. Of a file that cannot be used only the log tells.
  func reload(_ authorizer: Authorizer, _ logger: Logger) {
    do {
      let policy = try read()
      authorizer.replace(with: policy)
      logger.notice("authorisation policy replaced", metadata: ["policy": "\(policy.name)"])
    } catch {
      logger.error("authorisation policy cannot be used; the old one stays", metadata: ["error": "\(error)"])
    }
  }

  /// What the settings say, or nil when they say nothing.
  static func authorizer(settings: Settings) throws -> Authorizer? {
    let path = settings[HostSettings.authorization]
    let keys = settings[HostSettings.tokenKeys]
    if path.isEmpty {
      // Keys alone change nothing; whoever sets them believes that they do.
      guard keys.isEmpty else {
        throw SettingsError(
          key: HostSettings.tokenKeys.name, source: settings.source(of: HostSettings.tokenKeys).description,
          reason: "has no effect without 'authorization'")
      }
      return nil
    }
    var rules = JWTVerifier.Rules()
    if !settings[HostSettings.tokenIssuer].isEmpty { rules.issuer = settings[HostSettings.tokenIssuer] }
    if !settings[HostSettings.tokenAudience].isEmpty { rules.audience = settings[HostSettings.tokenAudience] }
    let verifier = keys.isEmpty ? nil : try JWTVerifier.following(path: keys, rules: rules)
    return try AuthorizationFile(path: path).authorizer(verifier: verifier)
  }
}

/// A policy file that cannot be used.
public struct AuthorizationFileError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String { "\(path): \(reason)" }
}
