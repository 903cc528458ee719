// The border to Snowball, which is why it is marked unsafe.
import CSnowball

/// English stems (Porter 2): cleaning, cleans, cleaned → clean.
///
/// A Snowball stemmer keeps the word it works on in itself, so it serves one thread at a time: each `AnalysisScratch` owns one.
final class EnglishStem {
  private let stemmer: OpaquePointer

  init() {
    guard let stemmer = sb_stemmer_new("english", nil) else {
      preconditionFailure("libstemmer knows no English: the installation is broken")
    }
    self.stemmer = stemmer
  }

  deinit { sb_stemmer_delete(stemmer) }

  /// The stem of a word of a to z; nil for other words, and for those of one or two letters.
  func stem(_ word: Word) -> Word? {
    guard word.count > 2 else { return nil }
    for index in 0..<word.count where word[index] < 0x61 || word[index] > 0x7A { return nil }
    let found = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: word.count) { room in
      for index in 0..<word.count { room[index] = word[index] }
      return sb_stemmer_stem(stemmer, room.baseAddress, Int32(word.count))
    }
    guard let found else { return nil }
    var stem = Word()
    for index in 0..<Int(sb_stemmer_length(stemmer)) { stem.append(found[index]) }
    return stem
  }
}
