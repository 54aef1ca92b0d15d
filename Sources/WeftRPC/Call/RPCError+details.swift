import WeftProtobuf

extension RPCError {
  /// An error with typed details, such as `Google_Rpc_BadRequest` (`google/rpc/error_details.proto`).
  ///
  /// Details that cannot be encoded are left out.
  public init(_ code: StatusCode, _ message: String, details: [any Message]) {
    self.init(code, message)
    var status = Google_Rpc_Status()
    status.code = Int32(code.rawValue)
    status.message = message
    status.details = details.compactMap(Self.any)
    self.details = try? status.serialized()
  }

  private static func any(_ detail: any Message) -> Google_Protobuf_Any? {
    guard let value = try? detail.serialized() else { return nil }
    return .with {
      $0.typeURL = "type.googleapis.com/" + type(of: detail).fullName
      $0.value = value
    }
  }

  /// The `google.rpc.Status` that came with the error, when it is one.
  public var richStatus: Google_Rpc_Status? {
    details.flatMap { try? Google_Rpc_Status(serialized: $0) }
  }

  /// The details of one type.
  public func details<Detail: Message>(of type: Detail.Type) -> [Detail] {
    richStatus?.details.compactMap { any in
      guard any.typeURL.hasSuffix("/" + type.fullName) else { return nil }
      return try? Detail(serialized: any.value)
    } ?? []
  }
}
