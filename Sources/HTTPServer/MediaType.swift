/// What a file is, told by the end of its name.
struct MediaType: Equatable {
  /// The value of `Content-Type`.
  let value: String
  /// Whether gzip makes it smaller; what is packed already only grows.
  let isCompressible: Bool

  init(fileName: some StringProtocol) {
    let ending = fileName.lastIndex(of: ".").map { fileName[fileName.index(after: $0)...].lowercased() } ?? ""
    self = MediaType.known[ending] ?? MediaType("application/octet-stream", false)
  }

  private init(_ value: String, _ isCompressible: Bool) {
    self.value = value
    self.isCompressible = isCompressible
  }

  private static func text(_ name: String) -> MediaType { MediaType("\(name); charset=utf-8", true) }
  private static func packed(_ name: String) -> MediaType { MediaType(name, false) }

  private static let known: [String: MediaType] = [
    "html": text("text/html"), "htm": text("text/html"), "css": text("text/css"), "js": text("text/javascript"),
    "mjs": text("text/javascript"), "json": text("application/json"), "map": text("application/json"),
    "webmanifest": text("application/manifest+json"), "geojson": text("application/geo+json"), "xml": text("application/xml"),
    "svg": text("image/svg+xml"), "txt": text("text/plain"), "md": text("text/markdown"), "csv": text("text/csv"),
    "ics": text("text/calendar"), "vcf": text("text/vcard"), "vtt": text("text/vtt"),
    "wasm": MediaType("application/wasm", true), "ttf": MediaType("font/ttf", true), "otf": MediaType("font/otf", true),
    "ico": MediaType("image/vnd.microsoft.icon", true), "bmp": MediaType("image/bmp", true),
    "woff": packed("font/woff"), "woff2": packed("font/woff2"), "png": packed("image/png"), "jpg": packed("image/jpeg"),
    "jpeg": packed("image/jpeg"), "gif": packed("image/gif"), "webp": packed("image/webp"), "avif": packed("image/avif"),
    "mp3": packed("audio/mpeg"), "m4a": packed("audio/mp4"), "ogg": packed("audio/ogg"), "opus": packed("audio/ogg"),
    "wav": packed("audio/wav"), "mp4": packed("video/mp4"), "webm": packed("video/webm"), "pdf": packed("application/pdf"),
    "zip": packed("application/zip"), "gz": packed("application/gzip"),
  ]
}
