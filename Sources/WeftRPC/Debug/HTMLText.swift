/// HTML as text: what comes from outside is escaped, what the page itself says is not.
struct HTMLText: Sendable {
  private(set) var text = ""

  /// The page's own markup.
  mutating func raw(_ markup: StaticString) { text += "\(markup)" }

  /// Markup that was made of escaped parts.
  mutating func add(_ other: HTMLText) { text += other.text }

  /// Anything from outside.
  mutating func escaped(_ content: String) {
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      // Control characters have no place in HTML.
      case _ where scalar.value < 0x20 && scalar != "\n": text += "\u{fffd}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  /// `<name class="...">content</name>`
  mutating func element(_ name: StaticString, class style: StaticString = "", _ content: String) {
    text += style.utf8CodeUnitCount == 0 ? "<\(name)>" : "<\(name) class=\"\(style)\">"
    escaped(content)
    text += "</\(name)>"
  }
}

/// A table that can be scrolled sideways by keyboard where the window is narrow.
struct HTMLTable {
  struct Column {
    let title: StaticString
    var isNumber = false
  }

  struct Cell {
    var text: String
    var style: StaticString = ""
  }

  let caption: String
  let columns: [Column]
  var rows: [[Cell]] = []
  /// What stands there instead of an empty table.
  let empty: StaticString

  func write(to page: inout HTMLText) {
    if rows.isEmpty {
      page.raw("<p class=\"empty\">")
      page.raw(empty)
      return page.raw("</p>\n")
    }
    page.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
    page.escaped(caption)
    page.raw("\"><table><caption>")
    page.escaped(caption)
    page.raw("</caption><thead><tr>")
    for column in columns {
      page.raw(column.isNumber ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
      page.raw(column.title)
      page.raw("</th>")
    }
    page.raw("</tr></thead>\n<tbody>")
    for row in rows {
      page.raw("<tr>")
      for (column, cell) in zip(columns, row) {
        page.raw(column.isNumber ? "<td class=\"n " : "<td class=\"")
        page.raw(cell.style)
        page.raw("\">")
        page.escaped(cell.text)
        page.raw("</td>")
      }
      page.raw("</tr>\n")
    }
    page.raw("</tbody></table></div>\n")
  }
}
