import CYyjson

/// What a value is.
public enum JSONKind: String, Sendable {
  case null, bool, number, string, array, object
}

/// A view of one value in a document; cheap to pass on, it keeps its document alive.
// @unchecked Sendable: the pointer leads into the document, which does not change while it is referenced.
public struct JSONValue: @unchecked Sendable {
  let document: JSONDocument
  let pointer: UnsafeMutablePointer<yyjson_val>

  public var kind: JSONKind {
    switch unsafe_yyjson_get_type(pointer) {
    case YYJSON_TYPE_BOOL: .bool
    case YYJSON_TYPE_RAW, YYJSON_TYPE_NUM: .number
    case YYJSON_TYPE_STR: .string
    case YYJSON_TYPE_ARR: .array
    case YYJSON_TYPE_OBJ: .object
    default: .null
    }
  }

  public var isNull: Bool { kind == .null }

  public var bool: Bool? {
    guard kind == .bool else { return nil }
    return unsafe_yyjson_get_bool(pointer)
  }

  /// The text of a string, escapes resolved.
  public var string: String? {
    guard kind == .string else { return nil }
    return withText { String(decoding: $0, as: UTF8.self) }
  }

  /// Bytes of a string as UTF-8, escapes resolved; nothing is copied. `nil` when the value is no string.
  public func withStringBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R? {
    guard kind == .string else { return nil }
    return try withText(body)
  }

  /// Whether it is exactly this string, byte for byte.
  public func isString(_ other: String) -> Bool {
    guard kind == .string else { return false }
    return equalsText(other)
  }

  /// The text of a string or number.
  func withText<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: unsafe_yyjson_get_str(pointer), count: unsafe_yyjson_get_len(pointer)))
  }

  /// Where the text of a string or number begins in what was read. The library works in one copy of it, in which nothing moves forward.
  var textOffset: Int {
    document.textStart.map { UnsafeRawPointer(unsafe_yyjson_get_str(pointer)) - UnsafeRawPointer($0) } ?? 0
  }

  func equalsText(_ other: String) -> Bool {
    var other = other
    return other.withUTF8 { bytes in
      withText { $0.count == bytes.count && $0.elementsEqual(bytes) }
    }
  }

  // MARK: Numbers

  /// The number as it was written ("8.000" stays "8.000").
  public var numberText: String? {
    guard kind == .number else { return nil }
    return withText { String(decoding: $0, as: UTF8.self) }
  }

  /// The number when it is whole and fits 64 bits: exact, never rounded. `1.0` and `1e3` are whole, `1.5` and `1e30` are not.
  public var int: Int? { decimal(places: 0) }

  /// As `int`, for the upper half of the unsigned range as well.
  public var uint64: UInt64? {
    guard kind == .number, let number = exactNumber, !number.isNegative || number.significand == 0 else { return nil }
    return number.magnitude(places: 0)
  }

  /// The number times ten to the power of `places`, when that is whole and fits: with 3 places "8.000" is 8000, "8.0005" is
  /// nothing. This is how amounts of money are read.
  public func decimal(places: Int) -> Int? {
    guard kind == .number, let number = exactNumber else { return nil }
    return number.scaled(places: places)
  }

  /// The nearest double. `nil` where it would be infinite.
  public var double: Double? {
    guard kind == .number else { return nil }
    var number = yyjson_val()
    // Numbers lie in the document's text, which ends in zeros: the library stops at the end of the number.
    guard yyjson_read_number(unsafe_yyjson_get_str(pointer), &number, YYJSON_READ_NOFLAG, nil, nil) != nil else { return nil }
    return yyjson_get_num(&number)
  }

  private var exactNumber: DecimalNumber? {
    withText { DecimalNumber($0.bytes) }
  }

  // MARK: Containers

  public var array: JSONArray? { kind == .array ? JSONArray(value: self) : nil }
  public var object: JSONObject? { kind == .object ? JSONObject(value: self) : nil }

  /// The first member of this name. O(members).
  public subscript(_ name: String) -> JSONValue? { object?[name] }

  var childCount: Int { unsafe_yyjson_get_len(pointer) }
  var firstChild: JSONValue { JSONValue(document: document, pointer: pointer + 1) }
  /// What follows this value in its container; only meaningful when something does.
  var next: JSONValue { JSONValue(document: document, pointer: unsafe_yyjson_get_next(pointer)) }

  /// Of an object: the first name that a later member has as well. Names are compared where they lie, as every object that is read
  /// strictly goes through here, and a view of each would cost more than looking at it. O(members²).
  func duplicateAmongFewNames() -> String? {
    withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: childCount) { names in
      var key = pointer + 1
      for index in 0..<names.count {
        names.initializeElement(
          at: index, to: UnsafeRawBufferPointer(start: unsafe_yyjson_get_str(key), count: unsafe_yyjson_get_len(key)))
        key = unsafe_yyjson_get_next(key + 1)
      }
      for index in 0..<names.count {
        let name = names[index]
        for later in index + 1..<max(names.count, index + 1) {
          if names[later].count == name.count, name.elementsEqual(names[later]) { return String(decoding: name, as: UTF8.self) }
        }
      }
      return nil
    }
  }
}
