import Logging

extension JWTVerifier {
  /// Believes the keys of a file (`{"keys":[...]}`), and those that stand there later.
  ///
  /// - Parameter interval: how often the file is looked at.
  /// - Throws: ``KeyFileError`` when the file cannot be used now. Later the last good keys stay.
  public static func following(
    path: String, rules: Rules = Rules(), every interval: Duration = .seconds(5)
  ) throws -> JWTVerifier {
    let watch = FileWatch([path])
    let verifier = JWTVerifier(try keys(path: path), rules: rules)
    let logger = Logger(label: "weft.authorization")
    watch.follow(for: verifier, every: interval) { verifier in
      do {
        verifier.replace(with: try keys(path: path))
        logger.notice("token keys replaced", metadata: ["file": "\(path)"])
      } catch {
        logger.error("token keys cannot be used; the old ones stay", metadata: ["error": "\(error)"])
      }
    }
    return verifier
  }

  private static func keys(path: String) throws -> JSONWebKeySet {
    do {
      return try JSONWebKeySet(json: Array(TextFile.read(path: path, maxBytes: 1 << 20).utf8))
    } catch {
      throw KeyFileError(path: path, reason: "\(error)")
    }
  }
}

/// A file of keys that cannot be used.
public struct KeyFileError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String { "\(path): \(reason)" }
}
