import WeftProtobuf

/// The parameters of a query, in order, decoded as HTML forms encode them.
struct QueryString: Sendable {
  struct Parameter: Sendable, Hashable {
    let name: String
    let value: String
  }

  static let maxParameters = 1_000

  let parameters: [Parameter]

  /// - Parameter raw: what follows the question mark, as sent.
  init(_ raw: String?) throws(GatewayError) {
    guard let raw, !raw.isEmpty else {
      parameters = []
      return
    }
    var parameters: [Parameter] = []
    for pair in Array(raw.utf8).split(separator: UInt8(ascii: "&")) {
      guard parameters.count < Self.maxParameters else {
        throw GatewayError(.invalidArgument, "the query has more than \(Self.maxParameters) parameters")
      }
      let separator = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name: String
      do throws(PercentDecoder.Failure) {
        name = try PercentDecoder.decode(pair[..<separator], plusIsSpace: true)
      } catch {
        throw GatewayError(.invalidArgument, "bad query: \(error.reason), at offset \(error.offset)")
      }
      guard !name.isEmpty else { throw GatewayError(.invalidArgument, "bad query: a parameter has no name") }
      do throws(PercentDecoder.Failure) {
        let value = separator < pair.endIndex ? pair[(separator + 1)...] : []
        parameters.append(
          Parameter(name: name, value: try PercentDecoder.decode(value, plusIsSpace: true)))
      } catch {
        throw .badValue(field: name, reason: error.reason, in: "query parameter")
      }
    }
    self.parameters = parameters
  }
}
