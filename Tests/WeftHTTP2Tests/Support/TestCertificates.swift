import Foundation
import NIOSSL
import WeftHTTP2

/// Certificates that the `openssl` command makes in a folder of their own.
final class TestCertificates {
  struct Failed: Error {
    let text: String
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for authority in ["ca", "other-ca"] {
      try openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
        path(authority + "-key"), "-out", path(authority), "-days", "2", "-subj", "/CN=\(authority)")
    }
    try issue("server", by: "ca")
    try issue("client", by: "ca")
    try issue("stranger", by: "other-ca")
    try issue("expired", by: "ca", days: "-1")
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name + ".pem").path }

  static func identity(_ name: String) -> String { "spiffe://weft.internal/service/\(name)" }

  func server(_ name: String = "server") throws -> TLSConfiguration {
    try WeftTLS.server(certificate: path(name), key: path(name + "-key"), trustRoots: path("ca"))
  }

  /// - Parameter name: nil for a client without a certificate.
  func client(_ name: String?, roots: String = "ca") throws -> TLSConfiguration {
    try WeftTLS.client(
      certificate: name.map(path), key: name.map { path($0 + "-key") }, trustRoots: path(roots))
  }

  private func issue(_ name: String, by authority: String, days: String = "2") throws {
    let extensions = folder.appendingPathComponent(name + ".ext")
    try "subjectAltName=URI:\(Self.identity(name)),DNS:\(name)\n".write(
      to: extensions, atomically: true, encoding: .utf8)
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
      path(name + "-key"), "-out", path(name + "-request"), "-subj", "/CN=\(name)")
    try openssl(
      "x509", "-req", "-in", path(name + "-request"), "-CA", path(authority), "-CAkey",
      path(authority + "-key"), "-CAcreateserial", "-out", path(name), "-days", days, "-extfile",
      extensions.path)
  }

  private func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(text: String(decoding: text, as: UTF8.self)) }
  }
}
