import Foundation

/// gRPC's public test credentials, which its test drivers expect both programs to have at hand. They are in every
/// copy of gRPC's source; none are kept here, because one of them is a private key.
public struct TestCredentials: Sendable, Equatable {
  /// Names a folder with `ca.pem`, `server1.pem` and `server1.key`.
  public static let variable = "WEFT_INTEROP_CREDENTIALS"

  /// Where they are below a folder: in gRPC's own repository, and where `scripts/interop` unpacks it.
  static let places = ["src/core/tsi/test_creds", ".tools/interop/grpc/src/core/tsi/test_creds"]

  let folder: String

  /// PEM file of the authority, for `--use_test_ca`.
  public var authority: String { folder + "/ca.pem" }
  /// PEM file of the certificate that a server shows; it carries `*.test.google.fr`.
  public var certificate: String { folder + "/server1.pem" }
  /// PEM file of the certificate's key.
  public var key: String { folder + "/server1.key" }

  /// Looks in the folder that ``variable`` names, or else below `directory` and the folders around it.
  ///
  /// - Throws: ``InteropFailure`` that says where they were looked for and how to get them.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    directory: String = FileManager.default.currentDirectoryPath
  ) throws -> TestCredentials {
    if let folder = environment[variable], !folder.isEmpty {
      guard isComplete(folder) else {
        throw InteropFailure("\(variable) names \(folder), which lacks ca.pem, server1.pem or server1.key")
      }
      return TestCredentials(folder: folder)
    }
    var base = URL(fileURLWithPath: directory).standardizedFileURL
    while true {
      for place in places {
        let folder = base.appendingPathComponent(place).path
        if isComplete(folder) { return TestCredentials(folder: folder) }
      }
      let parent = base.deletingLastPathComponent().standardizedFileURL
      if parent.path == base.path { break }
      base = parent
    }
    throw InteropFailure(
      """
      gRPC's test credentials were not found: \(variable) is not set, and neither \(directory) nor a folder around \
      it has \(places.joined(separator: " or ")). `scripts/interop` fetches them; or name the files by flags
      """)
  }

  private static func isComplete(_ folder: String) -> Bool {
    ["ca.pem", "server1.pem", "server1.key"].allSatisfy {
      FileManager.default.isReadableFile(atPath: folder + "/" + $0)
    }
  }
}
