// The routes that are measured, served by the product's own server. They are what a feature would write, no faster.
import Bytes
import Glibc
public import HTTPServer
public import PostgresClient

/// Paths of the routes; a path ends its URL, there are no queries. A product's number follows its path.
public enum TargetPath {
  public static let fixed = "/fixed"
  public static let fixedAsync = "/fixed-async"
  public static let hits = "/hits"
  public static let hitsAsync = "/hits-async"
  public static let product = "/product/"
  public static let productAlone = "/product-alone/"
  /// The body that the target was given, whatever the query.
  public static let given = "/given"
}

/// The same bytes that every peer answers: 1,500 of JSON.
public let fixedBody: String = {
  let start = "{\"data\":{\"name\":\"Qareeb\",\"text\":\""
  let end = "\"}}"
  return start + String(repeating: "x", count: 1_500 - start.utf8.count - end.utf8.count) + end
}()

/// Fixed and JSON routes, each once synchronous and once asynchronous; with a database, one indexed query a request.
public struct TargetRoutes: HTTPService {
  private let fixed: HTTPHandler
  private let fixedAsync: HTTPHandler
  private let hits: HTTPHandler
  private let hitsAsync: HTTPHandler
  private let notFound: HTTPHandler
  private let product: HTTPHandler
  private let productAlone: HTTPHandler
  private let given: HTTPHandler

  public init(database: Database? = nil, given: String? = nil) {
    let body = fixedBody
    let page = SearchPage.sample
    fixed = .synchronous { _, response in
      response.addHeader("Content-Type", "application/json")
      response.body.append(body)
    }
    fixedAsync = .asynchronous { _, response in
      response.addHeader("Content-Type", "application/json")
      response.body.append(body)
    }
    hits = .synchronous { _, response in page.write(to: response) }
    hitsAsync = .asynchronous { _, response in page.write(to: response) }
    let notFound = HTTPHandler.synchronous { _, response in response.status = .notFound }
    self.notFound = notFound
    product = database.map { ProductRoute.handler(.sharing, $0) } ?? notFound
    productAlone = database.map { ProductRoute.handler(.alone, $0) } ?? notFound
    self.given =
      given.map { body in
        let bytes = Array(body.utf8)
        return .synchronous { _, response in
          response.addHeader("Content-Type", "application/json")
          response.body.append(contentsOf: bytes)
        }
      } ?? notFound
  }

  public func handler(for request: HTTPRequest) -> HTTPHandler {
    request.withPathBytes { path in
      if path.elementsEqual(TargetPath.fixed.utf8) { return fixed }
      if path.elementsEqual(TargetPath.fixedAsync.utf8) { return fixedAsync }
      if path.elementsEqual(TargetPath.hits.utf8) { return hits }
      if path.elementsEqual(TargetPath.hitsAsync.utf8) { return hitsAsync }
      if path.elementsEqual(TargetPath.given.utf8) { return given }
      if path.starts(with: TargetPath.product.utf8) { return product }
      if path.starts(with: TargetPath.productAlone.utf8) { return productAlone }
      return notFound
    }
  }

  public func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
  }
}

/// The wall clock that `Server` asks for.
public func wallClockSeconds() -> Int64 { Int64(time(nil)) }
