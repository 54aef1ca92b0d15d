/// What is wrong with a message, and at which byte.
public struct DNSFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    case endsEarly = "the message ends in the middle of a field"
    case nameTooLong = "a name has more than 255 bytes"
    case badLabel = "a label has a length that is neither below 64 nor a pointer"
    case forwardPointer = "a compression pointer does not point backwards to a name"
    case badData = "a record's data does not have the form of its type"
    case badExtension = "the OPT record is not the root's, or there are two"
    case trailingBytes = "bytes follow the last record"
  }

  public let reason: Reason
  public let offset: Int

  public var description: String { "DNS message, byte \(offset): \(reason.rawValue)" }
}
