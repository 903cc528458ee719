extension DocsPage {
  static let style = #"""
    :root {
      --bg: #fbfaf8; --panel: #ffffff; --line: #e6e2db; --text: #22201c; --muted: #6f6a61; --accent: #0f766e; --accent-soft: #d9f0ed;
      --code: #f4f1ec; --get: #0f766e; --post: #1d4ed8; --put: #a16207; --patch: #7c3aed; --delete: #b91c1c; --shadow: 0 1px 2px #0000000d;
      --mono: ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", Menlo, Consolas, monospace;
      --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans Arabic", sans-serif;
    }
    :root[data-theme="dark"] {
      --bg: #14161a; --panel: #1b1e24; --line: #2c313a; --text: #e7e5e0; --muted: #9aa0aa; --accent: #5eead4; --accent-soft: #143b38;
      --code: #12141a; --get: #5eead4; --post: #93c5fd; --put: #fcd34d; --patch: #c4b5fd; --delete: #fca5a5; --shadow: none;
    }
    @media (prefers-color-scheme: dark) {
      :root:not([data-theme="light"]) {
        --bg: #14161a; --panel: #1b1e24; --line: #2c313a; --text: #e7e5e0; --muted: #9aa0aa; --accent: #5eead4; --accent-soft: #143b38;
        --code: #12141a; --get: #5eead4; --post: #93c5fd; --put: #fcd34d; --patch: #c4b5fd; --delete: #fca5a5; --shadow: none;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-padding-top: 76px; scroll-behavior: smooth; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.6 var(--sans); }
    a { color: var(--accent); text-decoration: none; }
    a:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    code { font: .875em var(--mono); background: var(--code); padding: .1em .35em; border-radius: 5px; overflow-wrap: anywhere; }
    h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
    .muted { color: var(--muted); }
    .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    [hidden] { display: none !important; }

    .bar { position: sticky; top: 0; z-index: 2; display: flex; gap: 16px; align-items: center; padding: 12px 24px;
      background: color-mix(in srgb, var(--bg) 88%, transparent); backdrop-filter: blur(10px); border-bottom: 1px solid var(--line); }
    .brand { display: flex; gap: 8px; align-items: center; font-weight: 650; color: var(--text); white-space: nowrap; }
    .brand:hover { text-decoration: none; }
    .mark { width: 18px; height: 18px; border-radius: 50% 50% 50% 4px; background: var(--accent); transform: rotate(-45deg); }
    .search { flex: 1; max-width: 520px; margin-inline: auto; }
    .search input { width: 100%; padding: 8px 14px; font: inherit; font-size: .95rem; color: inherit; background: var(--panel);
      border: 1px solid var(--line); border-radius: 999px; }
    #theme { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 999px; width: 36px; height: 36px;
      cursor: pointer; }
    .raw { font: .85rem var(--mono); white-space: nowrap; }

    .layout { display: grid; grid-template-columns: 270px minmax(0, 1fr); max-width: 1280px; margin: 0 auto; }
    nav { position: sticky; top: 62px; align-self: start; max-height: calc(100vh - 62px); overflow: auto; padding: 24px 12px 48px 24px;
      font-size: .9rem; }
    nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--muted); margin: 20px 8px 6px; }
    nav a { display: flex; gap: 8px; padding: 4px 8px; border-radius: 8px; color: var(--text); align-items: baseline; }
    nav a:hover, nav a.here { background: var(--accent-soft); text-decoration: none; }
    nav a span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    main { padding: 32px 24px 96px; min-width: 0; }
    #intro { max-width: 72ch; margin-bottom: 40px; }
    #intro h1 { font-size: 2rem; margin-bottom: 4px; }
    .group { font-size: 1.3rem; margin: 40px 0 14px; }

    .card { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; margin-bottom: 16px; box-shadow: var(--shadow); }
    .card > summary { list-style: none; cursor: pointer; padding: 14px 18px; display: flex; flex-wrap: wrap; gap: 10px; align-items: baseline; }
    .card > summary::-webkit-details-marker { display: none; }
    .card[open] > summary { border-bottom: 1px solid var(--line); }
    .card .path { font: 600 .95rem var(--mono); overflow-wrap: anywhere; }
    .card .path i { font-style: normal; color: var(--accent); }
    .card .what { color: var(--muted); margin-inline-start: auto; text-align: end; }
    .body { padding: 16px 18px 20px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; }
    .body h4 { font-size: .78rem; letter-spacing: .05em; text-transform: uppercase; color: var(--muted); margin-bottom: 8px; }
    .body p { margin: 0; }
    .method { font: 700 .72rem var(--mono); letter-spacing: .03em; min-width: 3.6em; text-transform: uppercase; color: var(--get); }
    .method.post { color: var(--post); } .method.put { color: var(--put); } .method.patch { color: var(--patch); }
    .method.delete { color: var(--delete); }
    .tags { display: flex; flex-wrap: wrap; gap: 8px; }
    .tag { font-size: .78rem; padding: 2px 10px; border: 1px solid var(--line); border-radius: 999px; color: var(--muted); }
    .tag.strong { color: var(--accent); border-color: currentColor; }
    .tag.warn { color: var(--delete); border-color: currentColor; }

    .rows { border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
    .row { display: grid; grid-template-columns: minmax(140px, 230px) minmax(0, 1fr); gap: 4px 16px; padding: 9px 14px; }
    .row + .row { border-top: 1px solid var(--line); }
    .row .name { font: 600 .88rem var(--mono); overflow-wrap: anywhere; }
    .row .name small { display: block; font: .78rem var(--sans); color: var(--muted); }
    .row .type { font: .82rem var(--mono); color: var(--muted); overflow-wrap: anywhere; }
    .row .about { font-size: .93rem; }
    .required { color: var(--delete); }
    .nested { grid-column: 1 / -1; margin-top: 4px; }
    .nested > summary { cursor: pointer; font-size: .85rem; color: var(--accent); }
    .nested .rows { margin-top: 8px; }

    .code { position: relative; }
    .code pre { margin: 0; padding: 12px 14px; background: var(--code); border: 1px solid var(--line); border-radius: 10px; overflow: auto;
      font: .83rem/1.55 var(--mono); max-height: 420px; tab-size: 2; }
    .code button { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; font: .75rem var(--sans); color: var(--muted);
      background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 2px 8px; cursor: pointer; }
    .status { font: 600 .88rem var(--mono); } .status.good { color: var(--get); } .status.bad { color: var(--delete); }

    @media (max-width: 860px) {
      .layout { grid-template-columns: minmax(0, 1fr); }
      nav { display: none; }
      .bar { flex-wrap: wrap; padding: 10px 16px; gap: 10px; }
      .search { order: 3; max-width: none; flex-basis: 100%; }
      .raw { margin-inline-start: auto; }
      main { padding: 20px 16px 64px; }
      .row { grid-template-columns: minmax(0, 1fr); }
      .card .what { margin-inline-start: 0; text-align: start; flex-basis: 100%; }
      html { scroll-padding-top: 120px; }
    }
    @media print { .bar, nav { display: none; } .layout { display: block; } }
    """#
}
