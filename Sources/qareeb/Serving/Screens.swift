import Bytes
import Configuration
import HTTPServer
import JSON
import Telemetry
import WebAPI

/// The API, and beside it the screens that people open in a browser: the files of `web/`, and Leaflet from where its package puts it.
/// Each has paths of its own; whatever else is asked for is the API's, as if there were no screens.
struct Screens: HTTPService {
  private let api: API
  private let pages: StaticFiles
  private let leaflet: StaticFiles?
  private let settingsHandler: HTTPHandler

  /// The API with the screens that there are. Without `web/` (a node that only answers the API) it stays what it was.
  static func around(_ api: API, _ settings: Settings, _ logger: Logger) -> any HTTPService {
    let policy = ScreenPolicy(tiles: settings.web.tiles)
    var options = StaticFilesOptions()
    options.prepare = { policy.addFields(to: $0) }
    options.fail = { failure, request, response in api.fail(failure, request: request, response: response) }
    do {
      let pages = try StaticFiles(root: settings.web.directory, options: options)
      return Screens(api: api, pages: pages, leaflet: leaflet(settings, options, logger), settings: settings, policy: policy)
    } catch {
      logger.notice("no screens are served", ["reason": .public("\(error)"), "setting": "web.directory"])
      return api
    }
  }

  private static func leaflet(_ settings: Settings, _ options: StaticFilesOptions, _ logger: Logger) -> StaticFiles? {
    do {
      return try StaticFiles(root: "\(settings.web.libraries)/leaflet", options: options)
    } catch {
      logger.notice(
        "the screens show no map",
        ["reason": .public("\(error)"), "setting": "web.libraries", "package": "libjs-leaflet libjs-leaflet.markercluster"])
      return nil
    }
  }

  private init(api: API, pages: StaticFiles, leaflet: StaticFiles?, settings: Settings, policy: ScreenPolicy) {
    self.api = api
    self.pages = pages
    self.leaflet = leaflet
    let answer = Screens.answer(settings.web, hasMap: leaflet != nil)
    settingsHandler = .synchronous { _, response in
      policy.addFields(to: response)
      response.addHeader("Content-Type", "application/json; charset=utf-8")
      response.addHeader("Cache-Control", "no-cache")
      response.addHeader("X-Content-Type-Options", "nosniff")
      response.body.append(contentsOf: answer)
    }
  }

  /// What the screens must know of how this server is set up.
  private static func answer(_ web: Settings.Web, hasMap: Bool) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.beginObject()
    buffer.member("map", hasMap)
    if let tiles = web.tiles {
      buffer.beginObject("tiles")
      buffer.member("url", tiles)
      buffer.memberIfPresent("credit", web.tilesCredit)
      buffer.endObject()
    }
    buffer.endObject()
    return Array(buffer)
  }

  // MARK: HTTPService

  func handler(for request: HTTPRequest) -> HTTPHandler {
    switch ScreenPath(request) {
    case .none: api.handler(for: request)
    case .page: pages.handler(for: request)
    case .settings where request.method == .get || request.method == .head: settingsHandler
    case .settings: pages.handler(for: request)
    case .leaflet: leaflet?.handler(for: request, under: ScreenPath.leafletPrefix) ?? api.handler(for: request)
    }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    api.fail(failure, request: request, response: response)
  }
}

/// Which of the screens' paths a request asks for. The API's requests pay one comparison of a byte.
private enum ScreenPath {
  static let leafletPrefix = "/vendor/leaflet"

  case page, settings, leaflet

  init?(_ request: HTTPRequest) {
    let found = request.withPathBytes { path -> ScreenPath? in
      guard path.count > 1 else { return .page }
      switch path[1] {
      case UInt8(ascii: "s") where path.starts(with: "/screen/".utf8):
        return path.elementsEqual("/screen/settings.json".utf8) ? .settings : .page
      case UInt8(ascii: "v") where path.starts(with: "\(ScreenPath.leafletPrefix)/".utf8): return .leaflet
      default: return nil
      }
    }
    guard let found else { return nil }
    self = found
  }
}

/// What every file of the screens says to browsers: scripts, styles and pictures come from here alone, and pictures of the map from
/// where they are set to come from.
struct ScreenPolicy: Sendable {
  private let contentSecurity: String

  init(tiles: String?) {
    // Leaflet empties the pictures it no longer needs with a data: address.
    let pictures = tiles.map { "; img-src 'self' data: \(ScreenPolicy.source(of: $0))" } ?? ""
    contentSecurity =
      "default-src 'self'\(pictures); object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  }

  /// The origin of a template of tiles; `{s}`, which stands for one of several hosts, becomes a wildcard.
  static func source(of template: String) -> String {
    let parts = template.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count > 2 else { return "'none'" }
    let host = parts[2]
    return "\(parts[0])//" + (host.hasPrefix("{s}") ? "*\(host.dropFirst(3))" : String(host))
  }

  func addFields(to response: HTTPResponse) {
    response.addHeader("Content-Security-Policy", contentSecurity)
    response.addHeader("X-Frame-Options", "DENY")
    response.addHeader("Cross-Origin-Opener-Policy", "same-origin")
    // Those who give tiles away want to know to whom.
    response.addHeader("Referrer-Policy", "strict-origin-when-cross-origin")
    response.addHeader("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
  }
}
