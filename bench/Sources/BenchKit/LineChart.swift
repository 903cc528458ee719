import Glibc

/// Lines over a logarithmic axis, each in a panel of its own and each beside the reference it is compared with: one SVG file that needs
/// nothing else and reads on light and dark pages.
public struct LineChart {
  public struct Point {
    let x: Double
    let y: Spread

    public init(x: Double, y: Spread) {
      self.x = x
      self.y = y
    }
  }

  public struct Panel {
    let label: String
    let points: [Point]
    /// What the line is compared with, at the same places.
    let reference: [Double]

    public init(_ label: String, points: [Point], reference: [Double]) {
      precondition(points.count == reference.count && !points.isEmpty, "a reference has a value a point")
      self.label = label
      self.points = points
      self.reference = reference
    }
  }

  let title: String
  let unit: String
  let footnote: String
  let panels: [Panel]

  public init(title: String, unit: String, footnote: String, panels: [Panel]) {
    self.title = title
    self.unit = unit
    self.footnote = footnote
    self.panels = panels
  }

  private static let width = 860.0
  private static let columns = 3
  private static let panelHeight = 190.0
  private static let top = 64.0
  /// Round the drawing of a panel.
  private static let margin = (left: 44.0, right: 16.0, top: 26.0, bottom: 26.0)

  public var svg: String {
    let rows = (panels.count + LineChart.columns - 1) / LineChart.columns
    let bottom = LineChart.top + Double(rows) * LineChart.panelHeight
    let height = bottom + 46
    let drawn = panels.enumerated().map { index, panel in
      draw(
        panel, left: 12 + Double(index % LineChart.columns) * LineChart.panelWidth,
        top: LineChart.top + Double(index / LineChart.columns) * LineChart.panelHeight)
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(LineChart.width)) \(number(height))" role="img">
      <title>\(SVGText.escaped(title))</title>
      <style>
      text { font: 11px system-ui, sans-serif; fill: #59636e } .title { font-size: 16px; font-weight: 600; fill: #1f2328 } .label { font-size: 13px; fill: #1f2328 }
      .page { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #d1d9e0; fill: none } .ours { stroke: #2f7d6b; stroke-width: 2; fill: none } .dot { fill: #2f7d6b } .reference { stroke: #bc4c00; stroke-dasharray: 4 3; fill: none }
      @media (prefers-color-scheme: dark) {
      text { fill: #9198a1 } .title, .label { fill: #f0f6fc } .page { fill: #0d1117; stroke: #3d444d } .grid { stroke: #3d444d } .ours { stroke: #4fb89f } .dot { fill: #4fb89f } .reference { stroke: #f0883e }
      }
      </style>
      <rect class="page" x="0.5" y="0.5" width="\(number(LineChart.width - 1))" height="\(number(height - 1))" rx="8"/>
      <text class="title" x="20" y="30">\(SVGText.escaped(title))</text>
      <text x="20" y="48">\(SVGText.escaped(unit))</text>
      \(drawn.joined(separator: "\n"))
      <text x="20" y="\(number(bottom + 26))">\(SVGText.escaped(footnote))</text>
      </svg>

      """
  }

  private static var panelWidth: Double { (width - 24) / Double(columns) }

  private func draw(_ panel: Panel, left: Double, top: Double) -> String {
    let margin = LineChart.margin
    let (width, height) = (
      LineChart.panelWidth - margin.left - margin.right, LineChart.panelHeight - margin.top - margin.bottom
    )
    let (first, last) = (panel.points.map(\.x).min() ?? 1, panel.points.map(\.x).max() ?? 1)
    let greatest = max(panel.points.map(\.y.maximum).max() ?? 0, panel.reference.max() ?? 0, .leastNormalMagnitude)
    func x(_ value: Double) -> Double {
      left + margin.left + (last > first ? log(value / first) / log(last / first) : 0) * width
    }
    func y(_ value: Double) -> Double { top + margin.top + (1 - value / greatest) * height }
    func path(_ values: [Double]) -> String {
      zip(panel.points, values).enumerated()
        .map { "\($0 == 0 ? "M" : "L")\(number(x($1.0.x))) \(number(y($1.1)))" }.joined()
    }
    var lines = [
      "<text class=\"label\" x=\"\(number(left + margin.left))\" y=\"\(number(top + 16))\">\(SVGText.escaped(panel.label))</text>",
      "<path class=\"grid\" d=\"M\(number(x(first))) \(number(y(greatest)))V\(number(y(0)))H\(number(x(last)))\"/>",
      "<text x=\"\(number(x(first) - 6))\" y=\"\(number(y(greatest) + 4))\" text-anchor=\"end\">\(greatest.text(places: greatest < 10 ? 1 : 0))</text>",
      "<text x=\"\(number(x(first) - 6))\" y=\"\(number(y(0) + 4))\" text-anchor=\"end\">0</text>",
      "<path class=\"reference\" d=\"\(path(panel.reference))\"/>",
      "<path class=\"ours\" d=\"\(path(panel.points.map(\.y.median)))\"/>",
    ]
    for point in panel.points {
      let (x, middle) = (x(point.x), y(point.y.median))
      lines.append("<path class=\"ours\" d=\"M\(number(x)) \(number(y(point.y.minimum)))V\(number(y(point.y.maximum)))\"/>")
      lines.append("<circle class=\"dot\" cx=\"\(number(x))\" cy=\"\(number(middle))\" r=\"3\"/>")
      lines.append(
        "<text x=\"\(number(x))\" y=\"\(number(y(0) + 16))\" text-anchor=\"middle\">\(SVGText.power(point.x))</text>")
    }
    return lines.joined(separator: "\n")
  }

  private func number(_ value: Double) -> String { value.text(places: 1) }
}

/// Texts as charts write them.
enum SVGText {
  static func escaped(_ text: String) -> String {
    String(
      text.flatMap { character in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(character)
        }
      })
  }

  private static let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")

  /// A power of ten as 10ⁿ, any other number in full.
  static func power(_ value: Double) -> String {
    let digits = value.text(places: 0)
    guard digits.first == "1", digits.dropFirst().allSatisfy({ $0 == "0" }) else { return digits }
    return "10" + String(String(digits.count - 1).map { superscripts[$0.wholeNumberValue ?? 0] })
  }
}
