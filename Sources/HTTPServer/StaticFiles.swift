import Bytes
import EventLoops
import Synchronization

/// How a folder of files is served, with the reason for each bound.
public struct StaticFilesOptions: Sendable {
  /// Larger files are streamed: above this the copy into memory costs more than opening the file does.
  public var cachedFileBytes = 262_144
  /// A whole web application with its pictures.
  public var cacheBytesPerLoop = 33_554_432
  public var cacheFilesPerLoop = 2_048
  /// A cached file is looked at this often at most: a deployment shows at once for people, and a hot file costs no system call.
  public var revalidationMilliseconds: UInt64 = 1_000
  /// What a folder shows.
  public var indexName = "index.html"
  /// Whether a file of this name never changes, so that browsers need never ask again.
  public var isImmutable: @Sendable (String) -> Bool = StaticFilesOptions.namesItsContent
  /// Adds to each file's answer what all of the folder have in common, such as a content security policy.
  public var prepare: @Sendable (HTTPResponse) -> Void = { _ in }
  /// Fills the answer for what is not served.
  public var fail: @Sendable (HTTPFailure, HTTPRequest, HTTPResponse) -> Void = { failure, _, response in
    response.addHeader("Content-Type", "text/plain; charset=utf-8")
    response.body.append("\(failure.reason)\n")
  }

  public init() {}

  /// `app.3f9a2b1c.js`, `style-0123456789abcdef.css`: a part of at least eight hexadecimal digits, one of them a number.
  public static func namesItsContent(_ name: String) -> Bool {
    name.split { $0 == "." || $0 == "-" || $0 == "_" }.dropLast().contains { part in
      part.utf8.count >= 8 && part.allSatisfy { $0.isASCII && $0.isHexDigit } && part.contains(where: \.isNumber)
    }
  }
}

/// Why a folder cannot be served.
public struct StaticFilesError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// Serves the files below a folder: types, conditions, ranges, gzip, caching, and nothing outside the folder.
///
/// Small files live in each loop's memory. Large ones are read in pieces of 64 kB on the loop, when the client has taken what
/// came before: such a read is nearly always a copy from the page cache (the kernel is told to read ahead) and then cheaper than a
/// change of threads; the worst is one read of a slow disk.
public final class StaticFiles: Sendable {
  private let root: StaticRoot
  private let options: StaticFilesOptions
  private let caches = Mutex<[ObjectIdentifier: StaticFileCache]>([:])

  public init(root: String, options: StaticFilesOptions = StaticFilesOptions()) throws(StaticFilesError) {
    do {
      self.root = try StaticRoot(path: root)
    } catch {
      throw StaticFilesError(description: "\(root) is not a folder that can be read: \(error)")
    }
    self.options = options
  }

  /// Who answers for the path behind `prefix`. Call on the request's loop, as a service does.
  public func handler(for request: HTTPRequest, under prefix: String = "") -> HTTPHandler {
    guard request.method == .get || request.method == .head else {
      return refuse(HTTPFailure(.methodNotAllowed, "Files are read with GET and HEAD."))
    }
    let path = request.path
    guard path.hasPrefix(prefix) else { return refuse(.fileNotFound) }
    let rest = path.dropFirst(prefix.count)
    if rest.isEmpty { return redirect(to: path + "/", request) }
    do throws(FileProblem) {
      switch StaticPath(rest) {
      case nil: throw .notFound
      case .folder(let folder)?: return try serve(folder + options.indexName, isIndex: true, request)
      case .file(let file)?: return try serve(file, isIndex: false, request)
      }
    } catch {
      return refuse(error == .notFound ? .fileNotFound : HTTPFailure(.internalServerError, "The file could not be read."))
    }
  }

  private func serve(_ path: String, isIndex: Bool, _ request: HTTPRequest) throws(FileProblem) -> HTTPHandler {
    let cache = cache(of: request.loop)
    let now = request.loop.nowMilliseconds
    if let file = cache.file(path, nowMilliseconds: now) { return answer(path, file, cache) }
    guard case .file(let opened) = try root.find(path) else {
      if isIndex { throw .notFound }
      return redirect(to: request.path + "/", request)
    }
    let version = try opened.version()
    guard version.size <= options.cachedFileBytes else { return stream(path, opened, version) }
    return answer(path, try cache.load(path, opened, nowMilliseconds: now), cache)
  }

  private func cache(of loop: EventLoop) -> StaticFileCache {
    caches.withLock { caches in
      if let cache = caches[ObjectIdentifier(loop)] { return cache }
      let cache = StaticFileCache(root: root, options: options)
      caches[ObjectIdentifier(loop)] = cache
      return cache
    }
  }

  // MARK: Refusals

  private func refuse(_ failure: HTTPFailure) -> HTTPHandler {
    .synchronous { [options] request, response in
      response.status = failure.status
      options.fail(failure, request, response)
      // Afterwards: who writes the failure may begin anew.
      if failure.status == .methodNotAllowed { response.addHeader("Allow", "GET, HEAD") }
    }
  }

  /// The folder's own address ends in a slash, so that its page's relative links work.
  private func redirect(to path: String, _ request: HTTPRequest) -> HTTPHandler {
    let location = request.query.isEmpty ? path : "\(path)?\(request.query)"
    return .synchronous { _, response in
      response.status = .movedPermanently
      response.addHeader("Location", location)
    }
  }

  // MARK: Answers

  private func description(_ path: String, _ modifiedSeconds: Int64) -> FileAnswer {
    let name = String(path.split(separator: "/").last ?? "")
    return FileAnswer(
      mediaType: MediaType(fileName: name), lastModified: modifiedSeconds, isImmutable: options.isImmutable(name))
  }

  private func answer(_ path: String, _ file: CachedFile, _ cache: StaticFileCache) -> HTTPHandler {
    let answer = description(path, file.version.modifiedSeconds)
    // The file belongs to this loop's cache, and the handler runs on this loop.
    let kept = LoopBound(file)
    return .synchronous { [options] request, response in
      let file = kept.value
      options.prepare(response)
      let packed = answer.wantsGzip(request) ? cache.packed(path, file) : nil
      let form = packed ?? file.plain
      switch answer.begin(response, for: request, form.entityTag, size: form.bytes.count, isPacked: packed != nil) {
      case .whole: response.body.append(contentsOf: form.bytes)
      case .part(let range): response.body.append(contentsOf: Array(form.bytes[range]))
      case .unsatisfiable: break
      }
    }
  }

  private func stream(_ path: String, _ plain: OpenFile, _ version: FileVersion) -> HTTPHandler {
    let answer = description(path, version.modifiedSeconds)
    return .asynchronous { [root, options] request, response in
      options.prepare(response)
      var file = plain
      var version = version
      var isPacked = false
      // Packing on the way would cost seconds of the loop; a packed file beside it costs nothing.
      if answer.wantsGzip(request), case .file(let sibling)? = try? root.find(path + ".gz"),
        let packed = try? sibling.version(), !packed.isOlder(than: version)
      {
        (file, version, isPacked) = (sibling, packed, true)
      }
      let tag = FileAnswer.entityTag(version, isPacked: isPacked)
      let range: Range<Int>
      switch answer.begin(response, for: request, tag, size: version.size, isPacked: isPacked) {
      case .whole: range = 0..<version.size
      case .part(let part): range = part
      case .unsatisfiable: return
      }
      let source = (file: file, version: version)
      response.stream(bytes: range.count) { try await StaticFiles.copy(source.file, source.version, range, to: $0) }
    }
  }

  private static let pieceBytes = 65_536
  private static let readAheadBytes = 1_048_576
  /// A client faster than any network would otherwise keep the loop to itself; this bounds one file to 250 MB/s.
  private static let bytesBetweenPauses = 2_097_152

  /// A file that changes under way is cut off, which the client sees by the announced length: half of each version is neither.
  private static func copy(_ file: OpenFile, _ version: FileVersion, _ range: Range<Int>, to writer: BodyWriter) async throws {
    var position = range.lowerBound
    var advised = position
    var pauseAt = position + bytesBetweenPauses
    while position < range.upperBound {
      if position >= advised {
        file.readAhead(at: position, readAheadBytes * 2)
        advised = position + readAheadBytes
      }
      let piece = try file.read(at: position, min(pieceBytes, range.upperBound - position))
      guard !piece.isEmpty, try file.version() == version else { throw FileProblem.changed }
      try await writer.write(piece)
      position += piece.count
      await Task.yield()
      if position >= pauseAt {
        pauseAt = position + bytesBetweenPauses
        try await writer.loop.sleep(milliseconds: 1)
      }
    }
  }
}

/// Something that belongs to a loop, carried to a handler of the same loop.
private struct LoopBound<Value>: @unchecked Sendable {
  // Sendable: made when a handler is chosen and used when it runs, both on the request's loop.
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension HTTPFailure {
  fileprivate static let fileNotFound = HTTPFailure(.notFound, "There is no such file.")
}
