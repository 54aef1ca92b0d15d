import WeftHTTP2

extension TraceContext {
  /// The header field that carries a context (W3C Trace Context, 3.2).
  public static let parentField = "traceparent"
  /// The field that carries ``state`` (3.3).
  public static let stateField = "tracestate"

  /// Reads the fields that a caller sent.
  ///
  /// Nil when `traceparent` is not valid, after which `tracestate` means nothing either. Fields of versions to come
  /// are read as far as this version defines them.
  public init?(traceparent: String, tracestate: String? = nil) {
    let text = Array(traceparent.utf8)
    let dash = UInt8(ascii: "-")
    // 00-<32 digits>-<16 digits>-<2 digits>
    guard text.count >= 55, text[2] == dash, text[35] == dash, text[52] == dash,
      let version = Hex.value(text[0..<2]), version != 0xff,
      let high = Hex.value(text[3..<19]), let low = Hex.value(text[19..<35]), high != 0 || low != 0,
      let span = Hex.value(text[36..<52]), span != 0,
      let flags = Hex.value(text[53..<55])
    else { return nil }
    if text.count > 55, version == 0 || text[55] != dash { return nil }
    self.init(
      traceID: TraceID(high: high, low: low), spanID: span, isSampled: flags & 1 != 0,
      isRandom: flags & 2 != 0, state: tracestate.map(Self.acceptedState) ?? "")
  }

  /// The value of `traceparent` for calls that this piece of work makes.
  public var traceparent: String {
    let flags = (isSampled ? 1 : 0) | (isRandom ? 2 : 0)
    return "00-\(traceID)-\(spanText)-0\(flags)"
  }

  /// Bytes of `tracestate` that are passed on.
  static let maxStateBytes = 512
  /// Its members.
  static let maxStateMembers = 32

  /// What is passed on of a `tracestate`: whole members from the left, as many as the limits allow. One with
  /// characters that no header may carry is dropped.
  private static func acceptedState(_ text: String) -> String {
    guard text.utf8.allSatisfy({ $0 == 0x09 || (0x20...0x7e).contains($0) }) else { return "" }
    var result = ""
    var count = 0
    for member in text.split(separator: ",") {
      var member = member.drop { $0 == " " || $0 == "\t" }
      while member.last == " " || member.last == "\t" { member.removeLast() }
      if member.isEmpty { continue }
      guard count < maxStateMembers, member.contains("="),
        result.utf8.count + member.utf8.count + 1 <= maxStateBytes
      else { break }
      result += result.isEmpty ? String(member) : "," + member
      count += 1
    }
    return result
  }
}

extension TraceContext {
  /// Sends the context along with a request.
  func add(to fields: inout HTTPFields) {
    fields.add(Self.parentField, traceparent)
    if !state.isEmpty { fields.add(Self.stateField, state) }
  }
}
