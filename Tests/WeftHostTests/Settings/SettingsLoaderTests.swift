import Foundation
import Testing

@testable import WeftHost

@Suite struct SettingsLoaderTests {
  static let port = SettingKey<Int>("port", default: 8213, in: 0...65_535, help: "port to listen on")
  static let secure = SettingKey<Bool>("secure", default: true, help: "use TLS")
  static let drain = SettingKey<Duration>(
    "drain", default: .seconds(15), in: .zero ... .seconds(60), help: "grace")
  static let dataFolder = SettingKey<String>("data-folder", default: "data", help: "where files go")
  let loader = SettingsLoader([Self.port, Self.secure, Self.drain, Self.dataFolder])

  func load(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) throws -> Settings {
    var arguments = arguments
    if let file {
      let path = NSTemporaryDirectory() + "weft-settings-\(UUID().uuidString).yaml"
      try Data(file.utf8).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      arguments += ["--config", path]
      return try settings(arguments, environment)
    }
    return try settings(arguments, environment)
  }

  private func settings(_ arguments: [String], _ environment: [String: String]) throws -> Settings {
    switch try loader.load(arguments: arguments, environment: environment, program: "weft serve x") {
    case .settings(let settings): return settings
    case .help(let text): throw SettingsError(key: "", source: "test", reason: text)
    }
  }

  @Test func nothingGivenLeavesTheDefaults() throws {
    let settings = try load()
    #expect(settings[Self.port] == 8213)
    #expect(settings[Self.secure])
    #expect(settings.source(of: Self.port) == .defaults)
  }

  @Test func aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws {
    let file = "port: 1\ndrain: 1s\ndata_folder: from-file\n"
    let environment = ["WEFT_PORT": "2", "WEFT_DRAIN": "2s"]
    let settings = try load(["--port", "3"], environment: environment, file: file)
    #expect(settings[Self.port] == 3)
    #expect(settings[Self.drain] == .seconds(2))
    #expect(settings[Self.dataFolder] == "from-file")
    #expect(settings.source(of: Self.drain) == .environment(variable: "WEFT_DRAIN"))
  }

  @Test(arguments: [["--port=9"], ["--port", "9"]])
  func flagsTakeTheirValueEitherWay(arguments: [String]) throws {
    #expect(try load(arguments)[Self.port] == 9)
  }

  @Test(arguments: [(["--secure"], true), (["--no-secure"], false), (["--secure=off"], false)])
  func switchesNeedNoValue(arguments: [String], expected: Bool) throws {
    #expect(try load(arguments)[Self.secure] == expected)
  }

  @Test(
    arguments: [
      (["--prot", "1"], "setting 'prot' from --prot: is not known; did you mean 'port'?"),
      (["--port", "x"], "setting 'port' from --port: must be a whole number, not \"x\""),
      (["--port", "65536"], "setting 'port' from --port: must be 0 to 65535, not \"65536\""),
      (["--port"], "setting 'port' from --port: needs a value after it"),
      (
        ["--drain", "15"],
        "setting 'drain' from --drain: must be a time with its unit, such as 500ms, 15s or 2m, not \"15\""
      ),
      (["stray"], "command line: unexpected argument 'stray'"),
      (["--"], "command line: unexpected argument '--'"),
    ])
  func aBadFlagIsRefusedByName(arguments: [String], message: String) {
    let error = #expect(throws: SettingsError.self) { try load(arguments) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      (["WEFT_PROT": "1"], "setting 'prot' from WEFT_PROT: is not known; did you mean 'port'?"),
      (["WEFT_SECURE": "maybe"], "setting 'secure' from WEFT_SECURE: must be true or false, not \"maybe\""),
    ])
  func aBadVariableIsRefusedByName(environment: [String: String], message: String) {
    let error = #expect(throws: SettingsError.self) { try load(environment: environment) }
    #expect(error?.description == message)
  }

  @Test func variablesOfOthersAreLeftAlone() throws {
    _ = try load(environment: ["PATH": "/bin", "WEFT_UP_GATEWAY_PORT": "1", "WEFT_TEST_X": "y"])
  }

  @Test(
    arguments: [
      ("port: 1\nport: 2\n", "port"),
      ("log:\n  level: info\n", "must be a plain value"),
      ("- a\n- b\n", "must be a mapping"),
      ("a: [", "is not YAML"),
      ("colour: red\n", "setting 'colour'"),
      ("port: 1\ndrain: soon\n", ":2: must be a time"),
    ])
  func aBadFileIsRefusedWithWhatIsWrong(file: String, message: String) {
    let error = #expect(throws: SettingsError.self) { try load(file: file) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: SettingsError.self) { try load(["--config", "/nonexistent/weft.yaml"]) }
    #expect(error?.description == "/nonexistent/weft.yaml: cannot be read: No such file or directory")
  }

  @Test func helpNamesEverySettingWithItsDefault() throws {
    guard case .help(let text) = try loader.load(arguments: ["--help"], environment: [:], program: "weft x")
    else {
      Issue.record("no help")
      return
    }
    #expect(text.contains("--port"))
    #expect(text.contains("[15s]"))
    #expect(text.contains("WEFT_LOG_LEVEL"))
  }

  @Test(arguments: [("250ms", 250), ("15s", 15_000), ("2m", 120_000), ("1h", 3_600_000)])
  func durationsReadBackWhatTheyPrint(text: String, milliseconds: Int) throws {
    let value = try #require(Duration.parse(text))
    #expect(value == .milliseconds(milliseconds))
    #expect(value.text == text)
  }

  @Test(arguments: ["", "s", "-1s", "1", "1.5s", "99999999999999999h", "1d"])
  func otherDurationsAreRefused(text: String) {
    #expect(Duration.parse(text) == nil)
  }
}
