// Spelling: which known name was meant by a mistyped one. Used wherever a person types a name from a fixed list:
// settings, options, commands, query parameters. Pure; nothing but the standard library.

/// The name among `names` that `given` most likely was meant to be, or nil when none is near enough to be worth suggesting.
/// Ties go to the name that comes first. O(total length of names × length of given): for error messages, not for hot paths.
public func nearestName(to given: String, among names: some Sequence<String>) -> String? {
  let wanted = Array(given.lowercased())
  guard !wanted.isEmpty else { return nil }
  // One mistake for every three letters: more, and the suggestion is noise.
  let tolerance = max(1, wanted.count / 3)
  var best: (name: String, distance: Int)?
  for name in names {
    let candidate = Array(name.lowercased())
    let distance = editDistance(wanted, candidate)
    let bound = best.map { $0.distance - 1 } ?? tolerance
    if distance <= bound { best = (name, distance) }
  }
  if let best { return best.name }
  // A cut-off name ("comp" for "completion") is far by edits but plain to a person.
  guard wanted.count >= 3 else { return nil }
  return names.first { $0.lowercased().hasPrefix(given.lowercased()) }
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours each cost one.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforePrevious = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var row = [Int](repeating: i, count: b.count + 1)
    for j in 1...b.count {
      let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      row[j] = min(previous[j] + 1, row[j - 1] + 1, substitution)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], beforePrevious[j - 2] + 1)
      }
    }
    (beforePrevious, previous) = (previous, row)
  }
  return previous[b.count]
}
