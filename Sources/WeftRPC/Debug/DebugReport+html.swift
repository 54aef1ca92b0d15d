import WeftProtobuf

extension DebugReport {
  /// For people: plain HTML and CSS, no script, readable in light and dark and by keyboard alone.
  ///
  /// - Parameter refresh: seconds after which the browser asks again; nil never.
  func html(refresh: Int?) -> String {
    var page = HTMLText()
    page.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">")
    if let refresh {
      page.raw("<meta http-equiv=\"refresh\" content=\"")
      page.escaped(String(refresh))
      page.raw("\">")
    }
    page.element("title", service + " · debug")
    page.raw("<style>")
    page.raw(Self.style)
    page.raw("</style></head>\n<body><a class=\"skip\" href=\"#main\">Skip to the calls</a>\n<header>")
    page.element("h1", service)
    page.element(
      "p",
      "process \(processID), up for \(TimeText.long(uptime)), looked at \(UTCTime(nanoseconds: time).text)")
    page.add(Self.links(refresh: refresh))
    page.raw("</header>\n<main id=\"main\">")
    page.add(tiles)
    page.add(section("served", "Calls served", Self.table("Calls served, by method", server)))
    page.add(
      section("made", "Calls made", Self.table("Attempts of calls made, by method and target", client)))
    page.add(section("running", "Calls being served now", runningTable))
    page.add(section("slow", "Slow calls", Self.table("The last slow calls", slow)))
    page.add(section("failed", "Failed calls", Self.table("The last failed calls", failed)))
    page.add(section("connections", "Connections", connectionTable))
    page.add(section("channels", "Channels", channelTable))
    page.raw("</main></body></html>\n")
    return page.text
  }

  private static func links(refresh: Int?) -> HTMLText {
    var page = HTMLText()
    page.raw("<nav aria-label=\"Page\"><a href=\"#served\">served</a> <a href=\"#made\">made</a> ")
    page.raw("<a href=\"#running\">running</a> ")
    page.raw("<a href=\"#slow\">slow</a> <a href=\"#failed\">failed</a> ")
    page.raw("<a href=\"#connections\">connections</a> <a href=\"#channels\">channels</a> ")
    page.raw(
      "<a href=\"?format=json\">JSON</a> <a href=\"/metrics\">metrics</a> <a href=\"/health\">health</a> ")
    page.raw(
      refresh == nil
        ? "<a href=\"?refresh=5\">refresh every 5 s</a>" : "<a href=\"/debug\">stop refreshing</a>")
    page.raw("</nav>")
    return page
  }

  private var tiles: HTMLText {
    var page = HTMLText()
    let recent = server.map(\.recent)
    let rate = recent.reduce(0) { $0 + $1.perSecond }
    let ended = recent.reduce(0) { $0 + $1.started }
    let failures = recent.reduce(0) { $0 + $1.failed }
    let share = ended == 0 ? 0 : Double(failures) / Double(ended) * 100
    page.raw("<dl class=\"tiles\">")
    let tiles: [(StaticString, String, StaticString)] = [
      ("being served", String(server.reduce(0) { $0 + $1.inFlight }), ""),
      ("served a second", TimeText.significant(rate), ""),
      ("failed lately", TimeText.significant(share) + " %", failures > 0 ? "bad" : ""),
      ("connections", String(connectionCount), ""),
      ("being made", String(client.reduce(0) { $0 + $1.inFlight }), ""),
    ]
    for (name, value, style) in tiles {
      page.raw("<div><dt>")
      page.raw(name)
      page.raw("</dt>")
      page.element("dd", class: style, value)
      page.raw("</div>")
    }
    page.raw("</dl>\n")
    return page
  }

  private func section(_ id: StaticString, _ title: StaticString, _ table: HTMLTable) -> HTMLText {
    var page = HTMLText()
    page.raw("<section aria-labelledby=\"")
    page.raw(id)
    page.raw("\"><h2 id=\"")
    page.raw(id)
    page.raw("\">")
    page.raw(title)
    page.raw("</h2>\n")
    table.write(to: &page)
    page.raw("</section>\n")
    return page
  }
}
