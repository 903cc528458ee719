import Bytes

/// What an answer says of a file besides its bytes.
struct FileAnswer: Sendable {
  let mediaType: MediaType
  let lastModified: Int64
  let isImmutable: Bool

  /// Large files are not read to be named: size, time and place tell versions apart.
  static func entityTag(_ version: FileVersion, isPacked: Bool) -> EntityTag {
    let numbers = [
      UInt64(version.size), UInt64(bitPattern: version.modifiedSeconds), UInt64(version.modifiedNanoseconds), version.inode,
    ]
    return EntityTag(numbers.map { String($0, radix: 16) }.joined(separator: "-") + (isPacked ? "-gz" : ""))
  }

  /// Parts are parts of the plain file, so whoever asks for one gets that.
  func wantsGzip(_ request: HTTPRequest) -> Bool {
    mediaType.isCompressible && !asksForPart(request) && AcceptEncoding(request).prefersGzip
  }

  /// A range means something only for GET (RFC 9110, 14.2).
  private func asksForPart(_ request: HTTPRequest) -> Bool {
    request.method == .get && request.hasHeader("range")
  }

  /// Writes the head, and says which bytes follow. An empty `unsatisfiable` has no body: 304, 412, 416.
  func begin(
    _ response: HTTPResponse, for request: HTTPRequest, _ entityTag: EntityTag, size: Int, isPacked: Bool
  ) -> ByteRange {
    response.setEntityTag(entityTag)
    response.addHeader("Last-Modified", HTTPDate.text(secondsSince1970: lastModified))
    // Either way browsers keep the file; `no-cache` makes them ask whether it is still the same.
    if isImmutable {
      response.addHeader("Cache-Control", "public, max-age=31536000, immutable")
    } else {
      response.addHeader("Cache-Control", "no-cache")
    }
    if mediaType.isCompressible { response.varies.insert(.acceptEncoding) }
    switch request.precondition(entityTag: entityTag, lastModified: lastModified) {
    case .proceed: break
    case .notModified:
      response.status = .notModified
      return .unsatisfiable
    case .failed:
      response.status = .preconditionFailed
      return .unsatisfiable
    }
    response.addHeader("Accept-Ranges", "bytes")
    response.addHeader("X-Content-Type-Options", "nosniff")
    let range = range(request, entityTag, size: size)
    switch range {
    case .whole:
      break
    case .part(let part):
      response.status = .partialContent
      response.addHeader("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
    case .unsatisfiable:
      response.status = .rangeNotSatisfiable
      response.addHeader("Content-Range", "bytes */\(size)")
      return range
    }
    response.addHeader("Content-Type", mediaType.value)
    if isPacked { response.addHeader("Content-Encoding", "gzip") }
    return range
  }

  private func range(_ request: HTTPRequest, _ entityTag: EntityTag, size: Int) -> ByteRange {
    guard asksForPart(request), let field = request.header("range"), request.headers("range").count == 1 else { return .whole }
    if let condition = request.header("if-range") {
      // A date must be the very one that was sent; a tag must promise the same bytes.
      let isSame =
        EntityTag(parsing: condition)?.matchesStrongly(entityTag) ?? (HTTPDate.seconds(condition) == lastModified)
      if !isSame { return .whole }
    }
    return ByteRange(field, size: size)
  }
}
