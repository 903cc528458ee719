/// What was probably meant by a name nobody knows: the known name at the smallest edit distance, when that is small.
enum NearestName {
  static func to(_ name: String, among known: [String]) -> String? {
    let limit = max(1, min(3, name.unicodeScalars.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in known {
      let distance = editDistance(name.lowercased(), candidate.lowercased(), limit: limit)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Optimal string alignment distance (a swap of neighbours counts once); anything above `limit` is `limit + 1`.
  static func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    guard abs(a.count - b.count) <= limit, a.count <= 64, b.count <= 64 else { return limit + 1 }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1] + [Int](repeating: 0, count: b.count)
      for j in 0..<b.count {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1) }
      }
      (beforeLast, last) = (last, row)
    }
    return min(last[b.count], limit + 1)
  }
}
