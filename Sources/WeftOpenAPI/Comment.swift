/// A comment of a `.proto` file as text of a document.
struct Comment {
  /// All of it, in Markdown, or nil when there is nothing.
  let text: String?

  init(_ comment: String?) {
    var lines = (comment ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { line in
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\t" }))
      }
    // protoc leaves in the blank that follows the comment marker.
    if lines.allSatisfy({ $0.isEmpty || $0.hasPrefix(" ") }) { lines = lines.map { String($0.dropFirst()) } }
    let isBlank = { (line: String) in line.allSatisfy(\.isWhitespace) }
    while lines.first.map(isBlank) == true { lines.removeFirst() }
    while lines.last.map(isBlank) == true { lines.removeLast() }
    text = lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  /// The first sentence, on one line.
  var summary: String? {
    guard let paragraph = text?.split(separator: "\n\n", maxSplits: 1).first else { return nil }
    let line = paragraph.split(separator: "\n").joined(separator: " ")
    guard let end = line.firstRange(of: ". ") else {
      return line.hasSuffix(".") ? String(line.dropLast()) : line
    }
    return String(line[..<end.lowerBound])
  }

  /// All of it, when that is more than the summary.
  var description: String? {
    guard let text, let summary, text != summary, text != summary + "." else { return nil }
    return text
  }
}
