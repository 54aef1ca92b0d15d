import NIOSSL

/// What went wrong with TLS, in words: BoringSSL tells codes, and where in its own source they came from.
enum TLSFailure {
  /// Words for an error of TLS; nil for any other.
  static func reason(_ error: any Error) -> String? {
    switch error {
    case NIOSSLError.handshakeFailed(let failure), NIOSSLError.shutdownFailed(let failure): reason(failure)
    case NIOSSLError.uncleanShutdown: "the connection ended without TLS's farewell"
    case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
      "TLS: the peer's certificate cannot be checked"
    case is NIOSSLExtraError: "TLS: \(words(String(describing: error)))"
    case let failure as BoringSSLError: reason(failure)
    case let error as NIOSSLError: "TLS: \(error)"
    default: nil
    }
  }

  private static func reason(_ failure: BoringSSLError) -> String {
    switch failure {
    case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack),
      .failedToSetALPN(let stack):
      guard let first = stack.first else { return "TLS failed" }
      return reason(code: String(describing: first))
    case .zeroReturn, .syscallError: return "the peer ended the connection during the TLS handshake"
    default: return "TLS: \(failure)"
    }
  }

  /// - Parameter text: such as `error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at FILE:LINE`.
  static func reason(code text: String) -> String {
    let code = words(text)
    switch code {
    case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_RECORD", "UNEXPECTED_MESSAGE":
      return "the peer does not speak TLS (\(code))"
    case "CERTIFICATE_VERIFY_FAILED":
      return "the peer's certificate is not valid, or not of an authority that is trusted here (\(code))"
    case "TLSV1_ALERT_UNKNOWN_CA":
      return "the peer does not trust the authority of the certificate that was shown to it (\(code))"
    case "TLSV1_ALERT_CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN_A_CERTIFICATE":
      return "a client certificate is required (\(code))"
    case "SSLV3_ALERT_CERTIFICATE_EXPIRED":
      return "the peer says that the certificate that was shown to it has expired (\(code))"
    case "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "TLSV1_ALERT_ACCESS_DENIED":
      return "the peer refuses the certificate that was shown to it (\(code))"
    default: return "TLS failed: \(code)"
    }
  }

  /// The part that is of use, without places in BoringSSL's source.
  private static func words(_ text: String) -> String {
    let end = text.firstRange(of: " at ").map { text[..<$0.lowerBound] } ?? text[...]
    let code = end.split(separator: ":").last ?? end
    return String(code.drop { $0 == " " })
  }
}
