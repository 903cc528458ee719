import Bytes
import JSON

/// Writes schemas and gathers the components they refer to.
struct SchemaWriter {
  private(set) var mentioned: [(name: String, content: @Sendable () -> Schema)] = []

  mutating func write(_ schema: Schema, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    if case .component(let name, let content) = schema.shape {
      mentioned.append((name, content))
      writeReference(name, isNullable: schema.isNullable, to: &buffer)
    } else {
      writeShape(schema, to: &buffer)
    }
    buffer.memberIfPresent("description", schema.about)
    if let value = schema.defaultValue { buffer.member("default", raw: value) }
    if let example = schema.example {
      buffer.beginArray("examples")
      buffer.element(raw: example)
      buffer.endArray()
    }
    if schema.isWriteOnly { buffer.member("writeOnly", true) }
    buffer.endObject()
  }

  private func writeReference(_ name: String, isNullable: Bool, to buffer: inout ByteBuffer) {
    let reference = "#/components/schemas/\(name)"
    guard isNullable else { return buffer.member("$ref", reference) }
    buffer.beginArray("anyOf")
    buffer.beginObject()
    buffer.member("$ref", reference)
    buffer.endObject()
    buffer.beginObject()
    buffer.member("type", "null")
    buffer.endObject()
    buffer.endArray()
  }

  private mutating func writeShape(_ schema: Schema, to buffer: inout ByteBuffer) {
    switch schema.shape {
    case .string(let shape):
      writeType("string", schema, to: &buffer)
      buffer.memberIfPresent("format", shape.format)
      buffer.memberIfPresent("pattern", shape.pattern)
      buffer.memberIfPresent("minLength", shape.length.map(\.lowerBound))
      buffer.memberIfPresent("maxLength", shape.length.map(\.upperBound))
    case .oneOf(let values):
      writeType("string", schema, to: &buffer)
      buffer.beginArray("enum")
      for value in values { buffer.element(value) }
      if schema.isNullable { buffer.element(nil as Int?) }
      buffer.endArray()
    case .integer(let minimum, let maximum):
      writeType("integer", schema, to: &buffer)
      buffer.memberIfPresent("minimum", minimum)
      buffer.memberIfPresent("maximum", maximum)
    case .number(let minimum, let maximum):
      writeType("number", schema, to: &buffer)
      buffer.memberIfPresent("minimum", minimum)
      buffer.memberIfPresent("maximum", maximum)
    case .boolean:
      writeType("boolean", schema, to: &buffer)
    case .array(let element, let count):
      writeType("array", schema, to: &buffer)
      buffer.key("items")
      write(element, to: &buffer)
      buffer.memberIfPresent("minItems", count.map(\.lowerBound))
      buffer.memberIfPresent("maxItems", count.map(\.upperBound))
    case .object(let properties, let isClosed):
      writeType("object", schema, to: &buffer)
      writeProperties(properties, to: &buffer)
      if isClosed { buffer.member("additionalProperties", false) }
    case .either(let choices):
      buffer.beginArray("anyOf")
      for choice in choices {
        buffer.separate()
        write(choice, to: &buffer)
      }
      buffer.endArray()
    case .component, .anything:
      break
    }
  }

  private func writeType(_ name: StaticString, _ schema: Schema, to buffer: inout ByteBuffer) {
    guard schema.isNullable else { return buffer.member("type", text: name) }
    buffer.beginArray("type")
    buffer.element("\(name)")
    buffer.element("null")
    buffer.endArray()
  }

  private mutating func writeProperties(_ properties: [Schema.Property], to buffer: inout ByteBuffer) {
    buffer.beginObject("properties")
    for property in properties {
      buffer.key(escaped: property.name)
      write(property.schema, to: &buffer)
    }
    buffer.endObject()
    let required = properties.filter(\.isRequired).map(\.name)
    if !required.isEmpty { buffer.member("required", required) }
  }
}

extension ByteBuffer {
  mutating func member(_ name: StaticString, raw json: String) {
    key(name)
    append(json)
  }

  mutating func element(raw json: String) {
    separate()
    append(json)
  }
}

/// The named schemas of a document, each written once.
struct SchemaComponents {
  /// JSON text by name.
  private(set) var texts: [String: String] = [:]
  private(set) var problems: [String] = []

  /// Adds what has been mentioned and what that mentions in turn; types may contain themselves.
  mutating func add(_ mentioned: [(name: String, content: @Sendable () -> Schema)]) {
    var pending = mentioned
    while let (name, content) = pending.popLast() {
      var writer = SchemaWriter()
      var buffer = ByteBuffer()
      writer.write(content(), to: &buffer)
      let text = String(buffer)
      if let known = texts[name] {
        if known != text { problems.append("two different schemas are named \(name)") }
      } else {
        texts[name] = text
        pending += writer.mentioned
      }
    }
  }
}

/// A value's JSON text, for defaults and examples.
func jsonText(_ value: some JSONWritable) -> String {
  var buffer = ByteBuffer()
  value.writeJSON(to: &buffer)
  return String(buffer)
}
