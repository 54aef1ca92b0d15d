/// Why a set of descriptors was refused, and where in it the fault lies.
public struct DescriptorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, type, field or method at fault, such as `shop.proto: shop.v1.Order.items`.
  public let location: String
  /// What is wrong with it, in words.
  public let reason: String

  public init(location: String, reason: String) {
    self.location = location
    self.reason = reason
  }

  public var description: String { "\(location): \(reason)" }
}
