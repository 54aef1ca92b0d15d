extension Google_Protobuf_FieldMask: ExpressibleByArrayLiteral {
  /// Paths with names as in the `.proto` file, such as `owner.display_name`.
  public init(arrayLiteral paths: String...) {
    self.init()
    self.paths = paths
  }
}

extension Google_Protobuf_FieldMask {
  /// Whether every path names fields of `type`; all but the last field of a path are single messages.
  public func isValid(for type: MessageDescriptor) -> Bool {
    paths.allSatisfy { path in
      var message: MessageDescriptor? = type
      for name in path.split(separator: ".", omittingEmptySubsequences: false) {
        guard let field = message?.field(named: String(name)) else { return false }
        message = field.isRepeated ? nil : field.messageType
      }
      return true
    }
  }
}
