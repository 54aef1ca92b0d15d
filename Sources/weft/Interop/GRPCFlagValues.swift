import ArgumentParser

/// A boolean as the flags of gRPC's programs take it in their many languages: `true`, `True`, `1`, `yes` and so on.
/// Declare the option with `defaultAsFlag: .bare`, so that the bare flag means true as well.
///
/// Anything is taken at first, and refused by ``value(of:)``: to the parser a value that does not fit an option with
/// `defaultAsFlag` is as good as none.
struct GRPCBoolean: ExpressibleByArgument, CustomStringConvertible {
  static let bare = GRPCBoolean(argument: "true")

  private let text: String

  init(argument: String) { text = argument }

  /// - Throws: `ValidationError` that names the flag when the value is neither.
  func value(of flag: String) throws -> Bool {
    switch text.lowercased() {
    case "true", "t", "1", "yes", "y": return true
    case "false", "f", "0", "no", "n": return false
    default: throw ValidationError("--\(flag) takes true or false, not '\(text)'")
    }
  }

  var description: String { text }
}

extension String? {
  /// Nil for an empty value too, as drivers give it. Declare the option with `defaultAsFlag: ""`: `--flag=` is a
  /// bare flag to the parser.
  var unlessEmpty: String? { self?.isEmpty == false ? self : nil }
}
