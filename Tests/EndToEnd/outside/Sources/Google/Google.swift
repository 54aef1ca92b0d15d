import WeftProtobuf

/// A type that only Google's own protos declare, which the test puts beside this file.
extension Google_Type_Money {
  static let none = Self.with { $0.currencyCode = "EUR" }
}
