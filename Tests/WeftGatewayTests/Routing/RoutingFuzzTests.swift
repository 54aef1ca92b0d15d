import Testing
import WeftProtobuf

@testable import WeftGateway

@Suite("Fuzz: routing")
struct RoutingFuzzTests {
  private static let alphabet =
    Array("/%{}*:=.abAB01-_~+&?#\\\"[],\u{0}".utf8) + [0xE4, 0xBD, 0xA0, 0xFF, 0x80]

  private func text(upTo count: Int, _ generator: inout some RandomNumberGenerator) -> String {
    let bytes = (0..<Int.random(in: 0...count, using: &generator)).map { _ in
      Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("templates that parse keep their invariants, and match what is made from them")
  func templates() throws {
    try fuzz(5_000) { generator in
      guard let template = try? PathTemplate("/" + text(upTo: 24, &generator)) else { return }
      #expect(template.segments.dropLast().allSatisfy { $0 != .rest })
      for variable in template.variables {
        #expect(variable.segments.upperBound <= template.segments.count && !variable.segments.isEmpty)
      }
      // A template of the same shape is a conflict, so it must be found to be one.
      var trie = RouteTrie<Int>()
      #expect(trie.insert(template, method: "GET", value: 1) == nil)
      #expect(trie.insert(template, method: "GET", value: 2) == 1)
      var path = template.segments.map { segment in
        switch segment {
        case .literal(let text): "/" + encoded(text)
        case .single: "/x"
        case .rest: "/x/y"
        }
      }.joined()
      if let verb = template.verb { path += ":" + encoded(verb) }
      guard case .found(1, _) = trie.match(try RequestPath(path.isEmpty ? "/" : path), method: "GET") else {
        Issue.record("\(template) does not match \(path)")
        return
      }
    }
  }

  @Test("paths and queries are refused or decoded, whatever they hold")
  func paths() {
    fuzz(5_000) { generator in
      let raw = "/" + text(upTo: 40, &generator)
      if let path = try? RequestPath(raw) {
        #expect(path.segments.count <= RequestPath.maxSegments)
        // Decoding only ever shortens, and takes the slashes away.
        #expect(path.segments.reduce(0) { $0 + $1.text.utf8.count } < raw.utf8.count)
      }
      _ = try? QueryString(text(upTo: 60, &generator))
      _ = StreamFormat.negotiate(AcceptHeader([text(upTo: 40, &generator)]))
      _ = ContentType(text(upTo: 40, &generator))
    }
  }

  @Test("every text survives the way through a segment")
  func roundTrip() throws {
    try fuzz(5_000) { generator in
      let value = text(upTo: 20, &generator)
      guard !value.isEmpty else { return }
      let path = try RequestPath("/v1/" + encoded(value) + "/x")
      #expect(path.segments.map(\.text) == ["v1", value, "x"])
    }
  }

  private func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      if byte.isASCIILetter || byte.isASCIIDigit { return String(Unicode.Scalar(byte)) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
