import Bytes
import HTTPServer
import JSON

/// `/docs` and what it is made of: a page, its style and its script, all from here, and the OpenAPI document it shows.
enum DocumentationRoutes {
  static func routes(openAPI: [UInt8], title: String) -> [Route] {
    let page = DocsPage.html(title: title)
    return [
      file("/api/v1/openapi.json", "The OpenAPI 3.1 document", "application/json; charset=utf-8", openAPI),
      file("/docs", "The documentation page", "text/html; charset=utf-8", Array(page.utf8)),
      file("/docs/style.css", "The documentation page's style", "text/css; charset=utf-8", Array(DocsPage.style.utf8)),
      file("/docs/icon.svg", "The documentation page's icon", "image/svg+xml", Array(DocsPage.icon.utf8)),
      redirect("/", to: "/docs"), redirect("/openapi.json", to: "/api/v1/openapi.json"),
      file("/docs/script.js", "The documentation page's script", "text/javascript; charset=utf-8", Array(DocsPage.script.utf8)),
    ]
  }

  /// Everything the page needs comes from the same origin as files of their own, so nothing inline has to be allowed.
  private static let pagePolicy: StaticString =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  /// For who looks where such things usually are.
  private static func redirect(_ path: String, to place: String) -> Route {
    Route.get(path, "Leads to \(place)", permission: .public, rate: .unlimited, tags: ["Documentation"]).hidden()
      .raw(contentType: "text/plain; charset=utf-8") { (_: Call, response: HTTPResponse) in
        response.status = .temporaryRedirect
        response.addHeader("Location", place)
        response.body.append("See \(place)\n")
      }
  }

  private static func file(_ path: String, _ summary: String, _ type: StaticString, _ bytes: [UInt8]) -> Route {
    let tag = ContentHash(of: bytes.span.bytes).entityTag(isWeak: false)
    return Route.get(path, summary, permission: .public, rate: .unlimited, tags: ["Documentation"]).hidden()
      .raw(contentType: type) { (call: Call, response: HTTPResponse) in
        call.cacheControl = "no-cache"
        call.contentSecurityPolicy = pagePolicy
        guard !call.answerUnchanged(tag, response) else { return }
        response.body.append(contentsOf: bytes)
      }
  }
}
