// Parameters are written once, into memory that is reused, and handed to libpq as pointers into it. The pointers are made
// after the last byte is written (the memory may move before) and live only during `withArguments`.
import Bytes

/// The parameters of one statement in binary form.
public struct ParameterWriter: ~Copyable {
  private var bytes = ByteBuffer()
  private var offsets: [Int] = []
  private var lengths: [Int32] = []
  private(set) var types: [UInt32] = []
  private var values: [UnsafePointer<CChar>?] = []
  /// All ones: every parameter is binary.
  private var formats: [Int32] = []
  private var currentIsNull = false

  init() {}

  var count: Int { types.count }
  var byteCount: Int { bytes.count }

  mutating func reset() {
    bytes.removeAll(keepingAtMost: PostgresLimits.retainedParameterBytes)
    offsets.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
  }

  mutating func add<Value: PostgresEncodable>(_ value: Value) {
    let start = bytes.count
    currentIsNull = false
    value.encode(into: &self)
    types.append(Value.postgresType.rawValue)
    offsets.append(start)
    lengths.append(currentIsNull ? -1 : Int32(truncatingIfNeeded: bytes.count - start))
  }

  // MARK: For values

  public mutating func append<T: FixedWidthInteger>(integer value: T) {
    bytes.append(upTo: MemoryLayout<T>.size) { room in
      room.storeBytes(of: value.bigEndian, as: T.self)
      return MemoryLayout<T>.size
    }
  }

  public mutating func append(text: String) { bytes.append(text) }

  public mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  public mutating func append(bytes more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

  /// The parameter is NULL; nothing else is appended for it.
  public mutating func appendNull() { currentIsNull = true }

  /// A value within a value, preceded by its length: an array's element, a range's bound, a COPY field.
  public mutating func append<Value: PostgresEncodable>(element value: Value) {
    let lengthOffset = bytes.count
    append(integer: 0 as Int32)
    currentIsNull = false
    value.encode(into: &self)
    let length = currentIsNull ? -1 : Int32(truncatingIfNeeded: bytes.count - lengthOffset - 4)
    currentIsNull = false
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: length.bigEndian, toByteOffset: lengthOffset, as: Int32.self)
    }
  }

  // MARK: For libpq and COPY

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  struct Arguments {
    let count: Int32
    let types: UnsafePointer<UInt32>?
    let values: UnsafePointer<UnsafePointer<CChar>?>?
    let lengths: UnsafePointer<Int32>?
    let formats: UnsafePointer<Int32>?
  }

  mutating func withArguments<R>(_ body: (Arguments) -> R) -> R {
    let count = types.count
    // A value of no bytes still needs an address: none means NULL.
    bytes.reserve(1)
    while formats.count < count { formats.append(1) }
    values.removeAll(keepingCapacity: true)
    bytes.withUnsafeBytes { memory in
      let base = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
      for index in 0..<count { values.append(lengths[index] < 0 ? nil : base.map { $0 + offsets[index] }) }
    }
    // The buffer never moves while it is not written, and it always has memory, so the pointers hold during `body`.
    return types.withUnsafeBufferPointer { types in
      values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(
              Arguments(
                count: Int32(count), types: types.baseAddress, values: values.baseAddress, lengths: lengths.baseAddress,
                formats: formats.baseAddress))
          }
        }
      }
    }
  }
}
