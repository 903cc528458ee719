/// Lines of at most `columns`, broken at spaces. Line breaks of the text are kept; a word that is too long is left whole, because
/// a broken URL or path cannot be copied, unless `breakingWords` asks for cells that must keep their column.
public func wrapped(_ text: String, toColumns columns: Int, breakingWords: Bool = false) -> [String] {
  let columns = max(1, columns)
  return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ") {
      for piece in breakingWords ? pieces(of: word, columns) : [String(word)] {
        if line.isEmpty {
          line = piece
        } else if displayWidth(line) + 1 + displayWidth(piece) <= columns {
          line += " " + piece
        } else {
          lines.append(line)
          line = piece
        }
      }
    }
    return lines + [line]
  }
}

private func pieces(of word: Substring, _ columns: Int) -> [String] {
  var pieces = [""]
  var used = 0
  for character in word {
    let width = displayWidth(of: character)
    if used + width > columns, used > 0 {
      pieces.append("")
      used = 0
    }
    pieces[pieces.count - 1].append(character)
    used += width
  }
  return pieces
}
