/// Rows in aligned columns. Piped, every cell is on one line and nothing is cut, so that grep and awk find it; on a terminal,
/// columns that may wrap are narrowed until the table fits.
public struct Table: Sendable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable {
    let title: String
    let alignment: Alignment
    /// The least width to which the column may be narrowed; nil if it must stay on one line.
    let wrapsTo: Int?
    let style: TextStyle?

    public init(_ title: String, _ alignment: Alignment = .left, wrapsTo: Int? = nil, style: TextStyle? = nil) {
      self.title = title
      self.alignment = alignment
      self.wrapsTo = wrapsTo
      self.style = style
    }
  }

  private static let gap = 2
  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// One cell for each column. Control characters are made visible.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row needs a cell for each column")
    rows.append(cells.map(withoutControls))
  }

  /// The narrowest the table can be made.
  public var minimumColumns: Int {
    let widths = zip(columns, naturalWidths).map { column, natural in min(natural, column.wrapsTo ?? natural) }
    return widths.reduce(0, +) + Self.gap * max(0, columns.count - 1)
  }

  /// The lines of the table, the titles first. No line ends in a space.
  public func lines(columns available: Int?, traits: ConsoleTraits) -> [String] {
    let widths = fittedWidths(available)
    var lines = [line(columns.map(\.title), widths) { text, _ in TextStyle.bold.applied(to: text, traits) }]
    for row in rows {
      let cells = zip(row, zip(columns, widths)).map { text, place in
        place.0.wrapsTo == nil || displayWidth(text) <= place.1 ? [text] : wrapped(text, toColumns: place.1, breakingWords: true)
      }
      for index in 0..<(cells.map(\.count).max() ?? 0) {
        let parts = cells.map { index < $0.count ? $0[index] : "" }
        lines.append(line(parts, widths) { text, column in columns[column].style?.applied(to: text, traits) ?? text })
      }
    }
    return lines
  }

  private func line(_ cells: [String], _ widths: [Int], _ styled: (String, Int) -> String) -> String {
    var line = ""
    var pending = 0
    for (index, cell) in cells.enumerated() {
      let space = max(0, widths[index] - displayWidth(cell))
      if columns[index].alignment == .right { pending += space }
      if !cell.isEmpty {
        line += String(repeating: " ", count: pending) + styled(cell, index)
        pending = 0
      }
      pending += Self.gap + (columns[index].alignment == .left ? space : 0)
    }
    return line
  }

  private var naturalWidths: [Int] {
    columns.indices.map { index in
      rows.reduce(displayWidth(columns[index].title)) { max($0, displayWidth($1[index])) }
    }
  }

  /// Takes from the widest column that may still give, one at a time. O(excess × columns).
  private func fittedWidths(_ available: Int?) -> [Int] {
    var widths = naturalWidths
    guard let available else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * max(0, columns.count - 1) - available
    while excess > 0 {
      let candidates = columns.indices.filter { widths[$0] > (columns[$0].wrapsTo ?? .max) }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
