/// The files of one index, beside one another.
///
/// Each has one writer: the node that serves writes `current` and renames what is to follow it; a reindex makes `unchecked` and, once it
/// is checked, renames it to `next`. So nobody ever writes over what somebody else has just put there.
struct IndexFolder: Sendable {
  /// The index that is served, as it was when it was last saved.
  let current: String

  /// What was served before; there to go back to.
  var previous: String { current + ".previous" }
  /// Published, and not taken up by the node yet.
  var next: String { current + ".next" }
  /// Built whole, and not published.
  var unchecked: String { current + ".unchecked" }
  /// Asks the node to save what it serves at this moment; it removes the file when it has.
  var saveRequest: String { current + ".save" }
  /// Held by whoever makes an index here, so that there is one at a time.
  var lock: String { current + ".lock" }
}
