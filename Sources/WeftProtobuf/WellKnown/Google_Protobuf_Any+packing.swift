extension Google_Protobuf_Any {
  /// Holds `message`, under the URL that other implementations use.
  public init(packing message: some Message, prefix: String = "type.googleapis.com") throws {
    self.init()
    typeURL = "\(prefix)/\(type(of: message).fullName)"
    value = try message.serialized()
  }

  /// Full name of the type that it holds: what follows the last slash.
  public var messageName: Substring {
    typeURL.lastIndex(of: "/").map { typeURL[typeURL.index(after: $0)...] } ?? ""
  }

  public func holds<M: Message>(_ type: M.Type) -> Bool { messageName == M.fullName }

  /// The message, or nil when it is of another type.
  /// - Throws: ``DecodingError`` when the bytes are damaged.
  public func unpacked<M: Message>(as type: M.Type, limits: DecodingLimits = .default) throws -> M? {
    holds(type) ? try M(serialized: value, limits: limits) : nil
  }
}
