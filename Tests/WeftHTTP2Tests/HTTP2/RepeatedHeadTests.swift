import NIOCore
import Testing

@testable import WeftHTTP2

/// Heads whose fields are those of the head before share them; all others must not.
@Suite struct RepeatedHeadTests {
  private func heads(_ blocks: [HTTPFields], limits: HTTPLimits = HTTPLimits()) throws -> [RecordingHandler] {
    let (server, client) = try pair(limits)
    for fields in blocks {
      _ = client.open(fields)
      pump(client, server)
    }
    return server.accepted
  }

  @Test func everyHeadHasItsOwnFields() throws {
    let blocks: [HTTPFields] = [
      ["a": "1", "b": "2"], ["a": "1", "b": "2"], ["a": "1"], ["a": "1", "b": "3"], ["b": "3", "a": "1"], [:],
      ["a": "1", "b": "3", "c": "4"], ["a": "1", "b": "3", "c": "4"], ["c": "4", "c2": "4"],
    ]
    let seen = try heads(blocks).map { $0.head?.fields }
    #expect(seen == blocks)
  }

  @Test func versionIsTheSameForTheSameFieldsOnly() throws {
    let same: HTTPFields = ["content-type": "application/grpc", "te": "trailers"]
    let versions = try heads([same, same, ["te": "trailers"], same, same]).map { $0.head?.fieldsVersion }
    #expect(versions[0] == versions[1])
    #expect(versions[3] == versions[4])
    #expect(Set(versions).count == 3)
  }

  @Test func randomBlocksArriveAsTheyWereSent() throws {
    var random = SeededRandom(seed: 7)
    let blocks = (0..<500).map { _ in
      var fields = HTTPFields()
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        fields.add("n\(Int.random(in: 0...3, using: &random))", "v\(Int.random(in: 0...3, using: &random))")
      }
      return fields
    }
    let seen = try heads(blocks)
    #expect(seen.map { $0.head?.fields } == blocks)
    // Whatever has one number has the same fields.
    var known: [Int: HTTPFields] = [:]
    for head in seen.compactMap(\.head) {
      #expect(known[head.fieldsVersion, default: head.fields] == head.fields)
      known[head.fieldsVersion] = head.fields
    }
  }

  @Test func headOverTheLimitIsNotTheOneBefore() throws {
    var limits = HTTPLimits()
    limits.maxHeaderCount = 6
    let short: HTTPFields = ["a": "1", "b": "2"]
    var long = short
    for index in 0..<20 { long.add("c", "\(index)") }
    let seen = try heads([short, long, long, short], limits: limits)
    #expect(seen.map { $0.wasTooLarge } == [false, true, true, false])
    #expect(seen.first?.head?.fields == short)
    #expect(seen.last?.head?.fields == short)
  }
}
