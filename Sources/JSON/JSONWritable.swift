public import Bytes

/// What can be written as a JSON value.
public protocol JSONWritable {
  /// Appends the value and nothing else: commas are the caller's.
  func writeJSON(to buffer: inout ByteBuffer)
}

extension Bool: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) {
    if self { buffer.append("true" as StaticString) } else { buffer.append("false" as StaticString) }
  }
}

extension Int: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) { buffer.append(decimal: self) }
}

extension Int64: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) { buffer.append(decimal: Int(self)) }
}

extension Int32: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) { buffer.append(decimal: Int(self)) }
}

extension UInt64: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) { buffer.append(decimal: self) }
}

extension Double: JSONWritable {
  /// The shortest text that reads back as the same number; NaN and infinities, which JSON has not, are `null`.
  public func writeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(double: self) }
}

extension String: JSONWritable {
  public func writeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(string: self) }
}

extension Substring: JSONWritable {
  public func writeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(string: String(self)) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) {
    if let value = self { value.writeJSON(to: &buffer) } else { buffer.append("null" as StaticString) }
  }
}

extension Array: JSONWritable where Element: JSONWritable {
  @inlinable public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "["))
    // Elements of a span are looked at in place; an array's own subscript hands out copies, which are retained.
    let elements = span
    for index in elements.indices {
      if index > 0 { buffer.append(byte: UInt8(ascii: ",")) }
      elements[index].writeJSON(to: &buffer)
    }
    buffer.append(byte: UInt8(ascii: "]"))
  }
}

extension JSONValue: JSONWritable {
  /// The same value in its shortest form; numbers keep their text. Recursion is bounded by the reader's depth limit.
  public func writeJSON(to buffer: inout ByteBuffer) {
    switch kind {
    case .null: buffer.append("null" as StaticString)
    case .bool: (bool ?? false).writeJSON(to: &buffer)
    case .number: withText { buffer.append(contentsOf: $0) }
    case .string: withText { buffer.appendJSON(utf8: $0) }
    case .array:
      buffer.append(byte: UInt8(ascii: "["))
      if let array {
        for element in array { buffer.element(element) }
      }
      buffer.append(byte: UInt8(ascii: "]"))
    case .object:
      buffer.append(byte: UInt8(ascii: "{"))
      if let object {
        for member in object {
          buffer.separate()
          member.key.withText { buffer.appendJSON(utf8: $0) }
          buffer.append(byte: UInt8(ascii: ":"))
          member.value.writeJSON(to: &buffer)
        }
      }
      buffer.append(byte: UInt8(ascii: "}"))
    }
  }
}
