import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// `/v1/txn`.
struct TransactionEndpoints {
  static let maxOperations = 64
  /// Consul's limit on the body as a whole, with room for base64.
  static let bodyLimit = 1 << 20

  let context: ConsulContext

  var routes: [Route] {
    [Route("/v1/txn", bodyLimit: Self.bodyLimit, ["PUT": { [context] in try await Self.run(context, $0) }])]
  }

  private static func run(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let bodies = try operations(request)
    guard bodies.count <= maxOperations else {
      throw ConsulError(413, "Transaction contains too many operations (\(bodies.count) > \(maxOperations))")
    }
    var operations: [TransactionOperation] = []
    var failures: [(operation: Int, reason: String)] = []
    for (number, body) in bodies.enumerated() {
      do throws(TransactionRefusal) {
        if let operation = try TransactionBody(body, context, request).operation {
          operations.append(operation)
        }
      } catch {
        switch error {
        case .operation(let reason): failures.append((number, reason))
        case .request(let error): throw error
        }
      }
    }
    let isReadOnly = try !bodies.contains { try TransactionBody.changesSomething($0) }
    guard failures.isEmpty else {
      return answer(results: [], failures: failures, isReadOnly: isReadOnly, context)
    }
    let outcome = try await context.registry.transact(operations, by: request.actor)
    return answer(
      results: outcome.results, failures: outcome.failures.map { ($0.operation, $0.reason) },
      isReadOnly: isReadOnly, context)
  }

  private static func operations(_ request: ConsulRequest) throws(ConsulError) -> [BodyObject] {
    let value: JSONValue
    do {
      value = try request.json()
    } catch {
      let reason = error.message.replacing("Request decode failed: ", with: "")
      throw .badRequest("Failed to parse body: \(request.body.readableBytes == 0 ? "EOF" : reason)")
    }
    guard case .array(let elements) = value else {
      throw .badRequest("Failed to parse body: an array is wanted, not \(value.kind)")
    }
    var bodies: [BodyObject] = []
    for (number, element) in elements.enumerated() {
      bodies.append(try BodyObject(element, path: "[\(number)]"))
    }
    // An operation of no kind does nothing.
    return bodies
  }

  private static func answer(
    results: [TransactionResult], failures: [(operation: Int, reason: String)], isReadOnly: Bool,
    _ context: ConsulContext
  ) -> ConsulAnswer {
    let answer = ConsulAnswer.json(status: failures.isEmpty ? 200 : 409) { output in
      output.beginObject()
      output.key("Results")
      if failures.isEmpty {
        output.array(results) { $1.write(to: &$0, context.datacenter) }
      } else {
        output.null()
      }
      output.key("Errors")
      if failures.isEmpty {
        output.null()
      } else {
        output.array(failures) { output, failure in
          output.beginObject()
          output.field("OpIndex", failure.operation)
          output.field("What", failure.reason)
          output.endObject()
        }
      }
      if isReadOnly {
        output.field("Index", 0)
        output.field("LastContact", 0)
        output.field("KnownLeader", true)
        output.field("ConsistencyLevel", "")
      }
      output.endObject()
    }
    return isReadOnly ? answer.with("x-consul-knownleader", "true").with("x-consul-lastcontact", "0") : answer
  }
}

extension TransactionResult {
  func write(to output: inout JSONOutput, _ datacenter: String) {
    output.beginObject()
    switch self {
    case .keyValue(let entry):
      output.key("KV")
      entry.write(to: &output)
    case .node(let node):
      output.key("Node")
      node.asShown.write(to: &output, datacenter)
    case .instance(let instance):
      output.key("Service")
      instance.write(to: &output, address: instance.address)
    case .check(let owner, let check):
      output.key("Check")
      CheckView(check, of: owner).write(to: &output)
    }
    output.endObject()
  }
}
