/// Columns as wide as their widest cell; the first is flush left, figures are flush right.
public struct TextTable {
  private var rows: [[String]]

  public init(_ header: [String]) { rows = [header] }

  public mutating func add(_ row: [String]) { rows.append(row) }

  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let blank = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + blank : blank + cell
      }
      return "  " + cells.joined(separator: "  ")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
