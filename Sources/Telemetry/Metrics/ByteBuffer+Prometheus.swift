// Prometheus' text exposition format 0.0.4.

import Bytes

extension ByteBuffer {
  mutating func appendHeader(_ description: MetricDescription) {
    append("# HELP ")
    append(description.name)
    append(" ")
    append(metricText: description.help, quotes: false)
    append("\n# TYPE ")
    append(description.name)
    switch description.kind {
    case .counter: append(" counter\n")
    case .gauge: append(" gauge\n")
    case .histogram: append(" histogram\n")
    }
  }

  /// One line: `name_suffix{label="value",…} value`. `bound` is a histogram's `le`.
  mutating func appendSample(
    _ description: MetricDescription, suffix: StaticString, _ labelValues: [String], bound: Double? = nil,
    value: (inout ByteBuffer) -> Void
  ) {
    append(description.name)
    append(suffix)
    if !labelValues.isEmpty || bound != nil {
      var isFirst = true
      for (label, value) in zip(description.labels, labelValues) {
        append(isFirst ? "{" : ",")
        isFirst = false
        append(label)
        append("=\"")
        append(metricText: value, quotes: true)
        append("\"")
      }
      if let bound {
        append(isFirst ? "{le=\"" : ",le=\"")
        append(sampleValue: bound)
        append("\"")
      }
      append("}")
    }
    append(" ")
    value(&self)
    append("\n")
  }

  mutating func appendHistogram(_ description: MetricDescription, _ histogram: Histogram, _ labelValues: [String]) {
    let (cumulative, sum) = histogram.snapshot()
    let units = histogram.buckets.unitsPerPublished
    for (bound, count) in zip(histogram.buckets.upperBounds.map { Double($0) / units } + [.infinity], cumulative) {
      appendSample(description, suffix: "_bucket", labelValues, bound: bound) { $0.append(decimal: count) }
    }
    appendSample(description, suffix: "_sum", labelValues) { $0.append(sampleValue: Double(sum) / units) }
    appendSample(description, suffix: "_count", labelValues) { $0.append(decimal: cumulative[cumulative.count - 1]) }
  }

  mutating func append(sampleValue value: Double) {
    if value.isNaN {
      append("NaN")
    } else if value.isInfinite {
      append(value > 0 ? "+Inf" : "-Inf")
    } else if let whole = Int(exactly: value) {
      append(decimal: whole)
    } else {
      append(value.description)
    }
  }

  /// Help escapes backslash and newline, label values the double quote too.
  private mutating func append(metricText text: String, quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): append("\\\\")
      case UInt8(ascii: "\n"): append("\\n")
      case UInt8(ascii: "\"") where quotes: append("\\\"")
      default: append(byte: byte)
      }
    }
  }
}
