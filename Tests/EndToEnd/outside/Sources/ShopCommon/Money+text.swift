extension Shop_Common_V1_Money {
  /// Such as `12.50 EUR`.
  public var text: String { "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100) \(currency)" }
}
