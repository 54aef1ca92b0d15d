/// A wrapper of one scalar, `google.protobuf.Int32Value` and its like.
public protocol WrapperMessage: Message {
  associatedtype Value: Sendable, Hashable
  var value: Value { get set }
}

extension WrapperMessage {
  public init(_ value: Value) {
    self.init()
    self.value = value
  }
}

extension Google_Protobuf_DoubleValue: WrapperMessage {}
extension Google_Protobuf_FloatValue: WrapperMessage {}
extension Google_Protobuf_Int64Value: WrapperMessage {}
extension Google_Protobuf_UInt64Value: WrapperMessage {}
extension Google_Protobuf_Int32Value: WrapperMessage {}
extension Google_Protobuf_UInt32Value: WrapperMessage {}
extension Google_Protobuf_BoolValue: WrapperMessage {}
extension Google_Protobuf_StringValue: WrapperMessage {}
extension Google_Protobuf_BytesValue: WrapperMessage {}
