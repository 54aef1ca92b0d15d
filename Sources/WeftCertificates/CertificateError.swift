/// Why a certificate could not be made, read or kept, with the file or name it is about.
public struct CertificateError: Error, Sendable, CustomStringConvertible {
  public let subject: String
  public let reason: String

  init(_ subject: String, _ reason: String) {
    self.subject = subject
    self.reason = reason
  }

  public var description: String { "\(subject): \(reason)" }
}
