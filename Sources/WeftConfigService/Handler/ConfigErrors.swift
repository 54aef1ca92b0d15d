import WeftRPC

/// What callers are told when the store has no answer for them.
enum ConfigErrors {
  static func notFound(_ key: ConfigKey, version: UInt32?) -> RPCError {
    let what = version.map { "version \($0) of the configuration" } ?? "configuration"
    return RPCError(
      .notFound, "there is no \(what) for service '\(key.service)' in environment '\(key.environment)'")
  }

  static func refused(_ error: ConfigStoreError, key: ConfigKey) -> RPCError {
    switch error {
    case .versionMismatch(let expected, let current):
      let now = current == 0 ? "there is none yet" : "the current version is \(current)"
      return RPCError(.aborted, "expected_version is \(expected), but \(now); nothing was stored")
    case .noSuchVersion(let version): return notFound(key, version: version)
    case .tooManyVersions: return RPCError(.resourceExhausted, "all version numbers are used up")
    }
  }
}
