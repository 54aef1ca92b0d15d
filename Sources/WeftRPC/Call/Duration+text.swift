extension Duration {
  /// For people: `250 ms`, `1.5 s`.
  var shortText: String {
    let milliseconds = Int((self / .milliseconds(1)).rounded())
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    let tenths = (milliseconds + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
