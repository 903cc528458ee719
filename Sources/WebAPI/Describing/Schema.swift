/// What a value looks like: the part of JSON Schema 2020-12 that OpenAPI 3.1 documents of ours use.
/// Built once, at start, from the same declarations that read and write the values.
public struct Schema: Sendable {
  public indirect enum Shape: Sendable {
    case string(StringShape)
    case oneOf([String])
    case integer(minimum: Int?, maximum: Int?)
    case number(minimum: Double?, maximum: Double?)
    case boolean
    case array(Schema, count: ClosedRange<Int>?)
    /// A closed object has no members but these.
    case object([Property], isClosed: Bool)
    /// Described once under its name, referred to everywhere else. A closure, because a type may contain itself.
    case component(String, @Sendable () -> Schema)
    /// One of several.
    case either([Schema])
    case anything
  }

  public struct StringShape: Sendable {
    public var format: String?
    public var pattern: String?
    public var length: ClosedRange<Int>?

    public init(format: String? = nil, pattern: String? = nil, length: ClosedRange<Int>? = nil) {
      self.format = format
      self.pattern = pattern
      self.length = length
    }
  }

  public struct Property: Sendable {
    public let name: String
    public let schema: Schema
    public let isRequired: Bool

    public init(_ name: String, _ schema: Schema, isRequired: Bool = true) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
    }
  }

  public var shape: Shape
  public var about: String?
  /// JSON text.
  public var example: String?
  /// JSON text.
  public var defaultValue: String?
  public var isNullable = false
  public var isWriteOnly = false

  public init(_ shape: Shape, about: String? = nil, example: String? = nil) {
    self.shape = shape
    self.about = about
    self.example = example
  }

  public static let boolean = Schema(.boolean)
  public static let text = Schema(.string(StringShape()))
  public static let integer = Schema(.integer(minimum: nil, maximum: nil))
  public static let number = Schema(.number(minimum: nil, maximum: nil))
  public static let anything = Schema(.anything)

  public static func string(format: String) -> Schema { Schema(.string(StringShape(format: format))) }
  public static func array(of element: Schema) -> Schema { Schema(.array(element, count: nil)) }
  public static func object(_ properties: [Property]) -> Schema { Schema(.object(properties, isClosed: false)) }

  public static func component(_ name: String, _ schema: @escaping @Sendable () -> Schema) -> Schema {
    Schema(.component(name, schema))
  }

  public func about(_ text: String?) -> Schema {
    guard let text, !text.isEmpty else { return self }
    var copy = self
    copy.about = text
    return copy
  }

  public func example(_ json: String?) -> Schema {
    guard let json else { return self }
    var copy = self
    copy.example = json
    return copy
  }

  public func orNull() -> Schema {
    var copy = self
    copy.isNullable = true
    return copy
  }

  func defaulting(to json: String?) -> Schema {
    guard let json else { return self }
    var copy = self
    copy.defaultValue = json
    return copy
  }

  /// Names of an object's members, through a component's name.
  var propertyNames: [String] {
    switch shape {
    case .object(let properties, _): properties.map(\.name)
    case .component(_, let schema): schema().propertyNames
    default: []
    }
  }
}
