// ExportTraceServiceRequest in OTLP's JSON: ids in hexadecimal, 64-bit integers as text, enumerations as numbers.

import Bytes
import JSON
import Telemetry

extension ByteBuffer {
  mutating func append(otlp spans: [FinishedSpan], resource: [TraceExportSettings.Attribute]) {
    beginObject()
    beginArray("resourceSpans")
    beginObject()
    beginObject("resource")
    beginArray("attributes")
    for attribute in resource { append(otlpAttribute: attribute.key, .string(attribute.value)) }
    endArray()
    endObject()
    beginArray("scopeSpans")
    beginObject()
    beginObject("scope")
    member("name", text: "qareeb")
    endObject()
    beginArray("spans")
    for span in spans { append(otlpSpan: span) }
    endArray()
    endObject()
    endArray()
    endObject()
    endArray()
    endObject()
  }

  private mutating func append(otlpSpan span: FinishedSpan) {
    beginObject()
    member("traceId", span.context.traceID.description)
    member("spanId", span.context.spanID.description)
    if let parent = span.parentSpanID { member("parentSpanId", parent.description) }
    if !span.context.traceState.isEmpty { member("traceState", span.context.traceState) }
    // The low eight bits are the W3C flags.
    member("flags", span.context.isSampled ? 1 : 0)
    member("name", span.name)
    member("kind", Int(span.kind.rawValue))
    member("startTimeUnixNano", String(span.startUnixNanoseconds))
    member("endTimeUnixNano", String(span.endUnixNanoseconds))
    if !span.attributes.isEmpty {
      beginArray("attributes")
      for attribute in span.attributes { append(otlpAttribute: attribute.key, attribute.value) }
      endArray()
    }
    if span.droppedAttributes > 0 { member("droppedAttributesCount", span.droppedAttributes) }
    switch span.status {
    case .unset: break
    case .ok:
      beginObject("status")
      member("code", 1)
      endObject()
    case .error(let message):
      beginObject("status")
      member("code", 2)
      if !message.isEmpty { member("message", message) }
      endObject()
    }
    endObject()
  }

  private mutating func append(otlpAttribute key: String, _ value: AttributeValue) {
    beginObject()
    member("key", key)
    beginObject("value")
    switch value {
    case .string(let text): member("stringValue", text)
    case .integer(let number): member("intValue", String(number))
    case .bool(let flag): member("boolValue", flag)
    case .double(let number):
      // Protocol Buffers' names for what JSON cannot say.
      if number.isFinite {
        member("doubleValue", number)
      } else {
        member("doubleValue", number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
      }
    }
    endObject()
    endObject()
  }
}
