import HTTPServer
import TestSupport
import Testing

@testable import WebAPI

@Suite struct RouterTests {
  private static func router(_ paths: [(HTTPMethod, String)]) throws -> Router {
    var router = Router()
    for (index, (method, path)) in paths.enumerated() {
      let isNew = router.add(method, try PathTemplate(path), route: index)
      try #require(isNew)
    }
    return router
  }

  private static func match(_ router: Router, _ method: HTTPMethod, _ path: String) -> (Router.Match, [String]) {
    var captures: [Range<Int>] = []
    let bytes = Array(path.utf8)
    let match = router.match(method, bytes.span.bytes, captures: &captures)
    return (match, captures.map { String(decoding: bytes[$0], as: UTF8.self) })
  }

  @Test func findsRoutes() throws {
    let router = try RouterTests.router([
      (.get, "/"), (.get, "/api/v1/providers"), (.post, "/api/v1/providers"), (.get, "/api/v1/providers/{id}"),
      (.get, "/api/v1/providers/near"), (.get, "/api/v1/providers/{id}/services/{service}"), (.get, "/files/{path...}"),
      (.put, "/api/v1/providers/near"), (.get, "/api/{a}/special"),
    ])
    let cases: [(HTTPMethod, String, Router.Match, [String])] = [
      (.get, "/", .route(0), []),
      (.get, "/api/v1/providers", .route(1), []),
      (.head, "/api/v1/providers", .route(1), []),
      (.post, "/api/v1/providers", .route(2), []),
      (.get, "/api/v1/providers/7", .route(3), ["7"]),
      (.get, "/api/v1/providers/near", .route(4), []),
      (.get, "/api/v1/providers/nea", .route(3), ["nea"]),
      (.get, "/api/v1/providers/near/services/x", .route(5), ["near", "x"]),
      (.get, "/api/v1/providers/a%2Fb/services/%20", .route(5), ["a%2Fb", "%20"]),
      (.get, "/files/a/b/c.txt", .route(6), ["a/b/c.txt"]),
      (.get, "/files/a/", .route(6), ["a/"]),
      (.get, "/api/v1/special", .route(8), ["v1"]),
      (.get, "/api/v1/providers/", .trailingSlash, []),
      (.get, "/api/v1/providers/7/", .trailingSlash, []),
      (.get, "/api/v1/providers//", .nothing, []),
      (.get, "//", .nothing, []),
      (.get, "/api//v1/providers", .nothing, []),
      (.get, "/API/v1/providers", .nothing, []),
      (.get, "/api/v1/provider", .nothing, []),
      (.get, "/api/v1/providersx", .nothing, []),
      (.get, "/api%2Fv1/providers", .nothing, []),
      (.get, "", .nothing, []),
      (.get, "*", .nothing, []),
      (.get, "/api", .nothing, []),
      (.get, "/files", .nothing, []),
    ]
    for (method, path, expected, captures) in cases {
      let found = RouterTests.match(router, method, path)
      #expect(found.0 == expected, "\(method) \(path)")
      #expect(found.1 == captures, "\(method) \(path)")
    }
    guard case .wrongMethod(let allowed) = RouterTests.match(router, .delete, "/api/v1/providers").0 else {
      Issue.record("the method should be wrong")
      return
    }
    #expect(allowed.header == "GET, HEAD, POST, OPTIONS")
    // A variable route with the method is better than a fixed one without it.
    #expect(RouterTests.match(router, .put, "/api/v1/providers/near").0 == .route(7))
  }

  @Test func refusesConflicts() throws {
    var router = Router()
    #expect(router.add(.get, try PathTemplate("/a/{x}"), route: 0))
    #expect(!router.add(.get, try PathTemplate("/a/{y}"), route: 1))
    #expect(router.add(.post, try PathTemplate("/a/{y}"), route: 2))
    #expect(router.add(.get, try PathTemplate("/a/b"), route: 3))
  }

  @Test(arguments: [
    "", "a", "/a/", "/a//b", "/{}", "/{A}", "/{a", "/a}", "/{a}{b}", "/x{a}", "/a b", "/ä", "/{rest...}/x", "/{a}/{a}", "/a?b",
    "/%41", "/a:b",
    "/" + (0...24).map { _ in "a" }.joined(separator: "/"),
  ])
  func refusesTemplates(_ text: String) {
    #expect(throws: PathTemplate.Problem.self) { try PathTemplate(text) }
  }

  /// Against a matcher that tries every route one by one.
  @Test func agreesWithTryingEveryRoute() throws {
    let seed = UInt64.random(in: 0..<UInt64(UInt32.max))
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let words = ["a", "b", "c", "{x}"]
    for _ in 0..<300 {
      var templates: [PathTemplate] = []
      var router = Router()
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let parts = (0..<Int.random(in: 1...4, using: &random)).map { depth in
          words[Int.random(in: 0..<4, using: &random)].replacing("x", with: "x\(depth)")
        }
        let template = try PathTemplate("/" + parts.joined(separator: "/"))
        if router.add(.get, template, route: templates.count) { templates.append(template) }
      }
      for _ in 0..<40 {
        let segments = (0..<Int.random(in: 1...5, using: &random)).map { _ in
          ["a", "b", "c", "d"][Int.random(in: 0..<4, using: &random)]
        }
        let expected = RouterTests.bestRoute(templates, segments)
        let found = RouterTests.match(router, .get, "/" + segments.joined(separator: "/")).0
        #expect(found == expected.map { .route($0) } ?? .nothing, "seed \(seed): \(templates.map(\.text)) \(segments)")
      }
    }
  }

  /// The first in the order where, from the left, a fixed part is before a variable one.
  private static func bestRoute(_ templates: [PathTemplate], _ segments: [String]) -> Int? {
    let fitting = templates.indices.filter { index in
      let parts = templates[index].parts
      return parts.count == segments.count
        && zip(parts, segments).allSatisfy { part, segment in
          if case .fixed(let text) = part { text == segment } else { true }
        }
    }
    func rank(_ index: Int) -> String {
      templates[index].parts.map { if case .fixed = $0 { "0" } else { "1" } }.joined()
    }
    return fitting.min { rank($0) < rank($1) }
  }
}
