// How many columns a text takes on a terminal. Follows what terminals do (wcwidth over scalars, two columns for emoji and East
// Asian wide characters, none for marks and invisible controls), not what a font would need; Arabic letters take one each.

/// Columns that the text takes. O(length).
public func displayWidth(_ text: some StringProtocol) -> Int {
  text.reduce(0) { $0 + displayWidth(of: $1) }
}

func displayWidth(of character: Character) -> Int {
  let scalars = character.unicodeScalars
  if scalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
  return scalars.reduce(0) { $0 + scalarWidth($1) }
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F ? 0 : 1 }
  switch scalar.properties.generalCategory {
  // The soft hyphen is a format character that terminals show.
  case .format: return scalar.value == 0xAD ? 1 : 0
  case .nonspacingMark, .enclosingMark, .control, .lineSeparator, .paragraphSeparator: return 0
  default: break
  }
  // Vowels and finals of a Hangul syllable spelled out join its wide first letter.
  if (0x1160...0x11FF).contains(scalar.value) { return 0 }
  return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// East Asian Width W and F of UAX #11, joined over unassigned gaps; emoji are told by their own property.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
  0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1AFF0...0x1B2FF,
  0x1F200...0x1F265, 0x20000...0x3FFFD,
]

/// The longest beginning that fits, closed by an ellipsis when something was cut off.
func truncated(_ text: String, toColumns columns: Int, ellipsis: String) -> String {
  if displayWidth(text) <= columns { return text }
  let room = columns - displayWidth(ellipsis)
  guard room > 0 else { return "" }
  var kept = ""
  var used = 0
  for character in text {
    let width = displayWidth(of: character)
    if used + width > room { break }
    kept.append(character)
    used += width
  }
  return kept + ellipsis
}

/// The text with control characters made visible: what came from outside must not move the cursor or change colours.
public func withoutControls(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.properties.generalCategory == .control {
      // In ASCII, because the controls from U+0080 on move cursors too.
      result += scalar.escaped(asASCII: true)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
