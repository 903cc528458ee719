/// What a client wants of gzip (RFC 9110, 12.5.3), read in place. Weights are in thousandths.
struct AcceptEncoding {
  private var gzip: Int?
  private var identity: Int?
  private var any: Int?

  init(_ request: HTTPRequest) {
    for field in request.fields where request.hasName(field, "accept-encoding") {
      request.withHead(Int(field.valueStart), Int(field.valueCount)) { add($0) }
    }
  }

  /// For tests.
  init(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Whether gzip is accepted and not less welcome than no coding at all. Without any field nothing is promised.
  var prefersGzip: Bool {
    let gzip = gzip ?? any ?? 0
    return gzip > 0 && gzip >= identity ?? 0
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
      addItem(AcceptEncoding.trimmed(bytes[start..<end]))
      start = end + 1
    }
  }

  private mutating func addItem(_ item: Slice<UnsafeRawBufferPointer>) {
    let semicolon = item.firstIndex(of: UInt8(ascii: ";"))
    let name = UnsafeRawBufferPointer(rebasing: AcceptEncoding.trimmed(item[..<(semicolon ?? item.endIndex)]))
    let weight = semicolon.map { AcceptEncoding.weight(AcceptEncoding.trimmed(item[($0 + 1)...])) } ?? 1_000
    if equalIgnoringCase(name, "gzip") || equalIgnoringCase(name, "x-gzip") {
      gzip = max(gzip ?? 0, weight)
    } else if equalIgnoringCase(name, "identity") {
      identity = weight
    } else if equalIgnoringCase(name, "*") {
      any = weight
    }
  }

  /// `q=0.5` and the like; what is no weight counts as none, which only costs bytes.
  private static func weight(_ parameter: Slice<UnsafeRawBufferPointer>) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: parameter)
    guard (3...7).contains(bytes.count), bytes[0] | 0x20 == UInt8(ascii: "q"), bytes[1] == UInt8(ascii: "=") else { return 0 }
    guard bytes[2] == UInt8(ascii: "0") || bytes[2] == UInt8(ascii: "1") else { return 0 }
    var weight = Int(bytes[2] - UInt8(ascii: "0")) * 1_000
    guard bytes.count > 3 else { return weight }
    guard bytes[3] == UInt8(ascii: ".") else { return 0 }
    var unit = 100
    for digit in bytes[4...] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return 0 }
      weight += Int(digit - UInt8(ascii: "0")) * unit
      unit /= 10
    }
    return weight > 1_000 ? 0 : weight
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
    return bytes
  }
}
