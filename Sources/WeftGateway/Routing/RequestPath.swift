import WeftProtobuf

/// The path of one request, cut at its slashes first and decoded after, so that `%2F` never separates.
struct RequestPath: Sendable, Hashable {
  /// One segment, decoded.
  struct Segment: Sendable, Hashable {
    let text: String
    /// The same with `%2F` left encoded, where that differs.
    let slashesKept: String?
  }

  /// Why a path was refused.
  struct Failure: Error, Hashable {
    let reason: String
  }

  /// More segments than this match no template, so that hostile paths stay cheap.
  static let maxSegments = 256

  let segments: [Segment]
  /// The reading of the last segment in which what follows its last colon is a verb.
  let verb: (last: Segment, verb: String)?

  /// - Parameter raw: the path as it was sent, without the query.
  init(_ raw: String) throws(Failure) {
    guard raw.utf8.first == UInt8(ascii: "/") else {
      throw Failure(reason: "the path must begin with \"/\"")
    }
    let bytes = Array(raw.utf8)
    var segments: [Segment] = []
    segments.reserveCapacity(8)
    var start = 1
    var verb: (last: Segment, verb: String)?
    // HTTP servers show bytes that are no UTF-8 as U+FFFD; nobody sends that unencoded.
    if bytes.contains(0xEF), bytes.firstRange(of: [0xEF, 0xBF, 0xBD]) != nil {
      throw Failure(reason: "bad path: it is not UTF-8")
    }
    // "/" is the root and has no segment at all.
    while start <= bytes.count, bytes.count > 1 {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
      guard segments.count < Self.maxSegments else {
        throw Failure(reason: "the path has more than \(Self.maxSegments) segments")
      }
      let segment = bytes[start..<end]
      segments.append(try Self.decode(segment))
      if end == bytes.count, let colon = segment.lastIndex(of: UInt8(ascii: ":")) {
        verb = (
          try Self.decode(segment[..<colon]), try Self.decode(segment[(colon + 1)...]).text
        )
      }
      start = end + 1
    }
    self.segments = segments
    self.verb = verb
  }

  private static func decode(_ raw: ArraySlice<UInt8>) throws(Failure) -> Segment {
    do {
      let text = try PercentDecoder.decode(raw)
      // Only an encoded slash can have put a slash here.
      let hasSlash = text.utf8.contains(UInt8(ascii: "/"))
      return Segment(text: text, slashesKept: hasSlash ? try PercentDecoder.decodeKeepingSlashes(raw) : nil)
    } catch {
      throw Failure(reason: "bad path: \(error.reason), at offset \(error.offset)")
    }
  }

  /// The segments as they are when the verb is cut off, or all of them.
  func segments(withoutVerb: Bool) -> [Segment] {
    guard withoutVerb, let verb else { return segments }
    var cut = segments
    cut[cut.count - 1] = verb.last
    return cut
  }

  static func == (left: RequestPath, right: RequestPath) -> Bool {
    left.segments == right.segments && left.verb?.verb == right.verb?.verb
      && left.verb?.last == right.verb?.last
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(segments)
  }
}

extension PathTemplate.Variable {
  /// The text that this variable takes from a path that the template matches.
  ///
  /// A single segment is decoded whole; of several, each is decoded but for its encoded slashes, as
  /// `google/api/http.proto` wants, so that the value can be cut into the same segments again.
  func value(in path: [RequestPath.Segment]) -> String {
    guard isMultiSegment else {
      return path.indices.contains(segments.lowerBound) ? path[segments.lowerBound].text : ""
    }
    var value = ""
    for (position, segment) in path[covered(of: path.count)].enumerated() {
      if position > 0 { value += "/" }
      value += segment.slashesKept ?? segment.text
    }
    return value
  }

  private func covered(of count: Int) -> Range<Int> {
    let lower = min(segments.lowerBound, count)
    // `**` is last in its template: the variable then runs to the end of the path.
    return lower..<(capturesRest ? count : max(lower, min(segments.upperBound, count)))
  }
}
