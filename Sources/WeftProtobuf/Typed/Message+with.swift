extension Message {
  /// A new message that `populate` fills in: `Order.with { $0.number = 1 }`.
  @inlinable public static func with<Failure: Error>(
    _ populate: (inout Self) throws(Failure) -> Void
  ) throws(Failure) -> Self {
    var message = Self()
    try populate(&message)
    return message
  }
}
