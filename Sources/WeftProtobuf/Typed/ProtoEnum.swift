/// An enum made by `protoc-gen-weft-swift`. Numbers that it does not declare are kept.
public protocol ProtoEnum: RawRepresentable<Int32>, Sendable, Hashable {
  static var enumDescriptor: EnumDescriptor { get }

  /// Any number is a value: enums are open.
  init(rawValue: Int32)
}
