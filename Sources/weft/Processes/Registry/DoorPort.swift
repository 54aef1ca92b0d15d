import WeftHost

/// The port of one of the registry's further doors: Consul's HTTP API, DNS.
enum DoorPort: SettingValue, Hashable {
  /// The usual one; any free one when the registry itself is to take any.
  case automatic
  case off
  case number(Int)

  static let kind = "a port, 0 for any free one, 'auto' or 'off'"

  static func parse(_ text: String) -> DoorPort? {
    switch text {
    case "auto": return .automatic
    case "off": return .off
    default:
      guard let number = Int(text), (0...65_535).contains(number) else { return nil }
      return .number(number)
    }
  }

  var text: String {
    switch self {
    case .automatic: "auto"
    case .off: "off"
    case .number(let number): String(number)
    }
  }

  /// The port to listen on; nil for none.
  func number(usual: Int, registryPort: Int) -> Int? {
    switch self {
    case .automatic: registryPort == 0 ? 0 : usual
    case .off: nil
    case .number(let number): number
    }
  }
}
