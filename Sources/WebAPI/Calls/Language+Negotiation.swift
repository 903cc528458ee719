extension Language {
  /// The language a caller likes best (RFC 9110, 12.5.4): the highest quality wins, the earlier one of two alike; `*` stands for
  /// what is not named; a range matches by its first part, so `ar-JO` is Arabic. Nothing acceptable gives `standard`: an answer
  /// in the wrong language is worth more than none.
  static func negotiated(_ header: RawSpan, standard: Language) -> Language {
    var preferences = Preferences()
    var start = 0
    var ranges = 0
    while start < header.byteCount, ranges < WebAPILimits.languageRanges {
      let end = header.firstOffset(of: UInt8(ascii: ","), from: start) ?? header.byteCount
      preferences.note(header, header.trimmedRange(start..<end))
      start = end + 1
      ranges += 1
    }
    return preferences.best(standard: standard)
  }

  private struct Preferences {
    /// In thousandths, in the order of `Language.allCases`; `nil` when not named.
    var english: (quality: Int, order: Int)?
    var arabic: (quality: Int, order: Int)?
    var others: Int?
    var count = 0

    mutating func note(_ header: RawSpan, _ range: Range<Int>) {
      let parameter = header.extracting(range).firstOffset(of: UInt8(ascii: ";")).map { $0 + range.lowerBound }
      let name = header.trimmedRange(range.lowerBound..<(parameter ?? range.upperBound))
      guard let quality = Preferences.quality(header, (parameter.map { $0 + 1 } ?? range.upperBound)..<range.upperBound) else {
        return
      }
      count += 1
      if header.extracting(name).equals("*") {
        others = max(others ?? 0, quality)
        return
      }
      let dash = header.extracting(name).firstOffset(of: UInt8(ascii: "-")).map { $0 + name.lowerBound } ?? name.upperBound
      let primary = header.extracting(name.lowerBound..<dash)
      if primary.equals(lowercased: "en") { Preferences.raise(&english, quality, count) }
      if primary.equals(lowercased: "ar") { Preferences.raise(&arabic, quality, count) }
    }

    private static func raise(_ preference: inout (quality: Int, order: Int)?, _ quality: Int, _ order: Int) {
      if quality > preference?.quality ?? -1 { preference = (quality, preference?.order ?? order) }
    }

    /// `q=0.8` in thousandths; a range without it counts fully, one with a malformed quality is ignored.
    private static func quality(_ header: RawSpan, _ range: Range<Int>) -> Int? {
      let text = header.extracting(header.trimmedRange(range))
      if text.byteCount == 0 { return 1000 }
      guard text.byteCount >= 3, text.byteCount <= 7, asciiLowercase(text.byte(0)) == UInt8(ascii: "q"),
        text.byte(1) == UInt8(ascii: "=")
      else { return nil }
      let whole = text.byte(2)
      guard whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else { return nil }
      var thousandths = 0
      var scale = 100
      for index in 3..<max(3, text.byteCount) {
        if index == 3 {
          guard text.byte(3) == UInt8(ascii: ".") else { return nil }
          continue
        }
        let digit = text.byte(index) &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        thousandths += Int(digit) * scale
        scale /= 10
      }
      if whole == UInt8(ascii: "1") { return thousandths == 0 ? 1000 : nil }
      return thousandths
    }

    func best(standard: Language) -> Language {
      let english = self.english ?? others.map { ($0, Int.max) }
      let arabic = self.arabic ?? others.map { ($0, Int.max) }
      let englishQuality = english?.quality ?? 0
      let arabicQuality = arabic?.quality ?? 0
      if englishQuality != arabicQuality { return englishQuality > arabicQuality ? .en : .ar }
      guard englishQuality > 0, let english, let arabic, english.order != arabic.order else { return standard }
      return english.order < arabic.order ? .en : .ar
    }
  }
}
