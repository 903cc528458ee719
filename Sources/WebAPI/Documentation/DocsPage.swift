/// The documentation page; it draws the OpenAPI document, whatever is in it.
enum DocsPage {
  static func html(title: String) -> String {
    """
    <!doctype html>
    <html lang="en" dir="ltr">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title)) API</title>
    <link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/docs/style.css">
    <script src="/docs/script.js" defer></script>
    </head>
    <body>
    <header class="bar">
    <a class="brand" href="#top"><span class="mark" aria-hidden="true"></span><span id="title">\(escaped(title))</span> <span class="muted">API</span></a>
    <label class="search"><span class="visually-hidden">Search</span>
    <input id="search" type="search" placeholder="Search routes, parameters, schemas  ( / )" autocomplete="off" spellcheck="false"></label>
    <button id="theme" type="button" aria-label="Switch between light and dark">◐</button>
    <a class="raw" href="/api/v1/openapi.json">openapi.json</a>
    </header>
    <div class="layout">
    <nav id="nav" aria-label="Routes"></nav>
    <main id="top">
    <section id="intro"><p class="muted">Reading the description of the API …</p><noscript>This page draws <a href="/api/v1/openapi.json">openapi.json</a> with a script.</noscript></section>
    <p id="none" class="muted" hidden>Nothing matches.</p>
    <div id="routes"></div>
    <section id="schemas"></section>
    </main>
    </div>
    </body>
    </html>
    """
  }

  /// The mark of the page's head: a pin seen from above.
  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g transform="rotate(-45 16 16)">\
    <path d="M16 4a12 12 0 1 1 0 24H6a2 2 0 0 1-2-2V16A12 12 0 0 1 16 4z" fill="#0f766e"/></g></svg>
    """

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
