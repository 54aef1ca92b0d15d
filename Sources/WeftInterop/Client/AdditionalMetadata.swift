import WeftRPC

/// Metadata that is sent with every call, as gRPC's `--additional_metadata` has it.
public struct AdditionalMetadata: Sendable, Equatable {
  public let metadata: Metadata

  /// - Parameter text: `key:value` pairs with semicolons between them. Keys have letters, digits and dashes, and are
  ///   sent in lower case; values have anything but semicolons.
  /// - Throws: ``InteropFailure`` that names the pair which is none.
  public init(_ text: String) throws {
    var metadata = Metadata()
    for pair in text.split(separator: ";") {
      let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first, let value = parts.dropFirst().first, Self.isName(name) else {
        throw InteropFailure("'\(pair)' is not key:value, with a key of letters, digits and dashes")
      }
      let key = name.lowercased()
      if key.hasSuffix("-bin") {
        metadata.addBinary(Array(value.utf8), for: key)
      } else {
        metadata.add(String(value), for: key)
      }
      guard metadata[key] != nil else {
        throw InteropFailure("'\(pair)': the key is HTTP's or gRPC's own, or the value is not plain ASCII")
      }
    }
    self.metadata = metadata
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }
}

extension AdditionalMetadata: ClientInterceptor {
  public func intercept<Result>(
    _ method: MethodPath, options: CallOptions, _ next: (CallOptions) async throws -> Result
  ) async throws -> Result {
    var options = options
    options.metadata.merge(metadata)
    return try await next(options)
  }
}
