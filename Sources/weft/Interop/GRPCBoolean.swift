import ArgumentParser

/// A boolean as the flags of gRPC's programs take it in their many languages: `true`, `True`, `1`, `yes` and so on.
/// Declare the option with `defaultAsFlag: true`, so that the bare flag means true as well.
struct GRPCBoolean: ExpressibleByArgument, CustomStringConvertible {
  let value: Bool

  init(_ value: Bool) { self.value = value }

  init?(argument: String) {
    switch argument.lowercased() {
    case "true", "t", "1", "yes", "y": value = true
    case "false", "f", "0", "no", "n": value = false
    default: return nil
    }
  }

  var description: String { String(value) }
}

extension GRPCBoolean? {
  /// False when the flag was not given.
  var isSet: Bool { self?.value ?? false }
}
