/// Who may call a server, and how much it takes on.
extension HostSettings {
  public static let authorization = SettingKey<String>(
    "authorization", default: "",
    help: "YAML or JSON file that says who may call what; empty lets every caller")
  public static let tokenKeys = SettingKey<String>(
    "token-keys", default: "",
    help: "file with the keys (JWKS) of callers' tokens, whose claims 'authorization' may ask for")
  public static let tokenIssuer = SettingKey<String>(
    "token-issuer", default: "", help: "who must have issued callers' tokens; empty for anyone with a key")
  public static let tokenAudience = SettingKey<String>(
    "token-audience", default: "", help: "name that callers' tokens must be meant for; empty for any")

  /// Who may call.
  public static let access: [any SettingDeclaration] = [authorization, tokenKeys, tokenIssuer, tokenAudience]

  public static let maxCalls = SettingKey<Int>(
    "max-calls", default: 0, in: 0...1_000_000,
    help: "calls served at a time, further ones are refused; 0 for any number")
  public static let shedLoad = SettingKey<Bool>(
    "shed-load", default: false,
    help: "refuse calls while those that run take much longer than in quiet times")
  public static let maxConnectionAge = SettingKey<Duration>(
    "max-connection-age", default: .zero, in: .zero ... .seconds(30 * 86_400),
    help: "time after which clients are asked to connect anew; 0s for never")
  public static let blockedLoop = SettingKey<Duration>(
    "blocked-loop", default: .milliseconds(250), in: .zero ... .seconds(60),
    help: "time from which on a handler that holds up its event loop is logged; 0s for never")

  /// How much is taken on.
  public static let load: [any SettingDeclaration] = [maxCalls, shedLoad, maxConnectionAge, blockedLoop]
}
