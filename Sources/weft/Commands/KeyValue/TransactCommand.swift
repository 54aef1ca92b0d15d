import ArgumentParser
import Foundation
import WeftDiscovery

struct TransactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "txn", abstract: "Do several things with keys as one change, or none of them.",
    discussion: """
      Operations are lines: set KEY VALUE, cas KEY REVISION VALUE, get KEY, get-tree PREFIX, delete KEY,
      delete-cas KEY REVISION, delete-tree PREFIX, check-index KEY REVISION, check-session KEY SESSION,
      check-not-exists KEY, lock KEY SESSION VALUE, unlock KEY SESSION VALUE. A value is the rest of its line.

        printf 'check-not-exists app/b\\nset app/b hello\\ndelete app/a\\n' | weft kv txn
      """)

  @Argument(help: "File with the operations; '-' reads standard input.")
  var file = "-"

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let source = file == "-" ? "-" : "@" + file
    let text = String(decoding: try PutKeyCommand.bytes(of: source), as: UTF8.self)
    var request = Weft_Registry_V1_TransactRequest()
    request.operations = try Self.operations(text)
    guard !request.operations.isEmpty else { throw Failure("there are no operations") }
    let filled = request
    let response = try await registry.withRegistry { channel in
      let client = Weft_Registry_V1_KeyValueServiceClient(channel)
      return try await client.transact(filled, options: registry.callOptions())
    }
    guard response.failures.isEmpty else {
      let reasons = response.failures.map { "operation \($0.operation + 1): \($0.reason)" }
      throw Failure(["nothing was done"] + reasons)
    }
    for entry in response.results {
      let value = entry.value.isEmpty ? "" : " = \(KeyText.shown(entry.value))"
      print("\(KeyText.shown(entry.key))\(value)  [\(entry.modifiedRevision)]")
    }
    print("# revision \(response.revision)")
  }

  static func operations(_ text: String) throws -> [Weft_Registry_V1_KeyOperation] {
    var operations: [Weft_Registry_V1_KeyOperation] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      operations.append(try operation(trimmed, line: index + 1))
    }
    return operations
  }

  private static func operation(
    _ text: Substring, line: Int
  ) throws -> Weft_Registry_V1_KeyOperation {
    let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard let verb = verbs[words[0]] else {
      throw Failure("line \(line): there is no operation '\(words[0])'")
    }
    func word(_ index: Int, _ what: String) throws -> String {
      guard index < words.count, !words[index].isEmpty else {
        throw Failure("line \(line): \(what) is missing")
      }
      return words[index]
    }
    func rest(_ index: Int) -> [UInt8] { Array(words.dropFirst(index).joined(separator: " ").utf8) }
    var operation = Weft_Registry_V1_KeyOperation()
    operation.verb = verb
    let isTree = verb == .getTree || verb == .deleteTree
    operation.key = isTree ? (words.count > 1 ? words[1] : "") : try word(1, "the key")
    switch verb {
    case .set: operation.value = rest(2)
    case .compareAndSet, .checkIndex, .compareAndDelete:
      guard let revision = UInt64(try word(2, "the revision")) else {
        throw Failure("line \(line): '\(words[2])' is no revision")
      }
      operation.revision = revision
      if verb == .compareAndSet { operation.value = rest(3) }
    case .lock, .unlock:
      operation.session = try word(2, "the session")
      operation.value = rest(3)
    case .checkSession: operation.session = words.count > 2 ? words[2] : ""
    default: break
    }
    return operation
  }

  private static let verbs: [String: Weft_Registry_V1_KeyOperation.Verb] = [
    "set": .set, "cas": .compareAndSet, "lock": .lock, "unlock": .unlock, "get": .get,
    "get-tree": .getTree, "check-index": .checkIndex, "check-session": .checkSession,
    "check-not-exists": .checkNotExists, "delete": .delete, "delete-tree": .deleteTree,
    "delete-cas": .compareAndDelete,
  ]
}

extension Failure {
  fileprivate init(_ lines: [String]) { self.init(lines.joined(separator: "\n  ")) }
}
