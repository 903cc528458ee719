import Glibc

/// Horizontal bars with their spread as whiskers, as one SVG file that needs nothing else and reads on light and dark pages.
public struct BarChart {
  public enum Emphasis: String { case ours, peer }

  /// How long a bar is. On a logarithmic axis a bar begins at a tenth of the smallest value: lengths compare, areas do not.
  public enum Axis { case linear, logarithmic }

  public struct Bar {
    let label: String
    let value: Spread
    let emphasis: Emphasis
    /// What it should be at most (or at least, where more is better), drawn as a mark.
    let goal: Double?

    public init(_ label: String, _ value: Spread, _ emphasis: Emphasis, goal: Double? = nil) {
      self.label = label
      self.value = value
      self.emphasis = emphasis
      self.goal = goal
    }
  }

  let title: String
  let unit: String
  let footnote: String
  let bars: [Bar]
  let axis: Axis

  public init(title: String, unit: String, footnote: String, axis: Axis = .linear, bars: [Bar]) {
    self.axis = axis
    self.title = title
    self.unit = unit
    self.footnote = footnote
    self.bars = bars
  }

  private static let width = 860.0
  private static let labelWidth = 300.0
  private static let valueWidth = 150.0
  private static let rowHeight = 30.0
  private static let top = 64.0

  public var svg: String {
    let bottom = BarChart.top + Double(bars.count) * BarChart.rowHeight
    let height = bottom + 46
    let largest = bars.map { max($0.value.maximum, $0.goal ?? 0) }.max() ?? 1
    let origin = (bars.map(\.value.minimum).filter { $0 > 0 }.min() ?? 1) / 10
    func length(_ value: Double) -> Double {
      let share =
        switch axis {
        case .linear: value / max(largest, .leastNormalMagnitude)
        case .logarithmic: value > origin ? log(value / origin) / log(largest / origin) : 0
        }
      return share * (BarChart.width - BarChart.labelWidth - BarChart.valueWidth)
    }
    let rows = bars.enumerated().map { row($1, top: BarChart.top + Double($0) * BarChart.rowHeight, length: length) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(BarChart.width)) \(number(height))" role="img">
      <title>\(SVGText.escaped(title))</title>
      <style>
      text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } .small { font-size: 11px; fill: #59636e }
      .page { fill: #ffffff; stroke: #d1d9e0 } .ours { fill: #2f7d6b } .peer { fill: #8c959f } .line { stroke: #1f2328; stroke-width: 1.5 } .goal { stroke: #bc4c00; stroke-width: 2 }
      @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc } .small { fill: #9198a1 } .page { fill: #0d1117; stroke: #3d444d } .ours { fill: #4fb89f } .peer { fill: #656c76 } .line { stroke: #f0f6fc } .goal { stroke: #f0883e }
      }
      </style>
      <rect class="page" x="0.5" y="0.5" width="\(number(BarChart.width - 1))" height="\(number(height - 1))" rx="8"/>
      <text class="title" x="20" y="30">\(SVGText.escaped(title))</text>
      <text class="small" x="20" y="48">\(SVGText.escaped(unit))</text>
      \(rows.joined(separator: "\n"))
      <text class="small" x="20" y="\(number(bottom + 26))">\(SVGText.escaped(footnote))</text>
      </svg>

      """
  }

  private func row(_ bar: Bar, top: Double, length: (Double) -> Double) -> String {
    let left = BarChart.labelWidth
    let middle = top + BarChart.rowHeight / 2
    let low = left + length(bar.value.minimum)
    let high = left + length(bar.value.maximum)
    let end = max(high, left + length(bar.goal ?? 0))
    var lines = [
      "<text x=\"\(number(left - 10))\" y=\"\(number(middle + 4))\" text-anchor=\"end\">\(SVGText.escaped(bar.label))</text>",
      "<rect class=\"\(bar.emphasis.rawValue)\" x=\"\(number(left))\" y=\"\(number(top + 6))\" "
        + "width=\"\(number(length(bar.value.median)))\" height=\"\(number(BarChart.rowHeight - 12))\" rx=\"2\"/>",
      "<path class=\"line\" d=\"M\(number(low)) \(number(middle))H\(number(high))M\(number(low)) \(number(middle - 4))v8"
        + "M\(number(high)) \(number(middle - 4))v8\"/>",
    ]
    if let goal = bar.goal {
      let x = left + length(goal)
      lines.append("<path class=\"goal\" d=\"M\(number(x)) \(number(top + 3))v\(number(BarChart.rowHeight - 6))\"/>")
    }
    lines.append("<text x=\"\(number(end + 8))\" y=\"\(number(middle + 4))\">\(bar.value.median.text(places: 2))</text>")
    return lines.joined(separator: "\n")
  }

  private func number(_ value: Double) -> String { value.text(places: 1) }
}
