extension DebugReport {
  /// The page's style sheet. Colours meet WCAG's contrast of 4.5 to 1 on both backgrounds.
  static let style: StaticString = """
    :root { --back: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --band: #f6f8fa;
      --link: #0550ae; --bad: #a40e26 }
    @media (prefers-color-scheme: dark) { :root { --back: #14181d; --text: #e6e9ed; --soft: #9aa5b1;
      --line: #343b44; --band: #1c2229; --link: #79b8ff; --bad: #ff8a80 } }
    * { box-sizing: border-box }
    body { margin: 0; padding: 1rem 1.25rem 3rem; background: var(--back); color: var(--text);
      font: 0.9375rem/1.5 system-ui, sans-serif }
    h1 { margin: 0; font-size: 1.5rem } h2 { margin: 1.75rem 0 0.5rem; font-size: 1.1rem }
    header p { margin: 0.1rem 0 0.5rem; color: var(--soft) }
    nav a { display: inline-block; margin-right: 0.75rem }
    a { color: var(--link) }
    a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
    .skip { position: absolute; left: -100vw; background: var(--back); padding: 0.5rem }
    .skip:focus { left: 0.5rem; top: 0.5rem }
    .tiles { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0 0 }
    .tiles div { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.9rem; min-width: 9rem }
    dt { color: var(--soft); font-size: 0.8125rem }
    dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px }
    table { border-collapse: collapse; width: 100% }
    caption { text-align: left; padding: 0.4rem 0.7rem; color: var(--soft); font-size: 0.8125rem }
    th, td { padding: 0.3rem 0.7rem; text-align: left; white-space: nowrap; border-top: 1px solid var(--line) }
    th { background: var(--band); font-weight: 600; font-size: 0.8125rem }
    tbody tr:nth-child(even) { background: var(--band) }
    .n { text-align: right; font-variant-numeric: tabular-nums }
    .name, .id { font-family: ui-monospace, monospace; font-size: 0.8125rem }
    .text { white-space: normal; min-width: 18rem }
    .bad { color: var(--bad); font-weight: 600 }
    .empty { margin: 0; color: var(--soft) }
    """
}
