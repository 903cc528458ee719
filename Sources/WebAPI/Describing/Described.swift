public import JSON

/// What knows its own schema.
public protocol Described {
  static var schema: Schema { get }
}

/// What a route answers with: described and written by one declaration.
public protocol Answer: Described, JSONWritable, Sendable {}

extension Int: Answer {
  public static var schema: Schema { .integer }
}

extension Int64: Answer {
  public static var schema: Schema { .integer }
}

extension Int32: Answer {
  public static var schema: Schema { .integer }
}

extension Double: Answer {
  public static var schema: Schema { .number }
}

extension Bool: Answer {
  public static var schema: Schema { .boolean }
}

extension String: Answer {
  public static var schema: Schema { .text }
}

extension Optional: Described where Wrapped: Described {
  public static var schema: Schema { Wrapped.schema.orNull() }
}

extension Optional: Answer where Wrapped: Answer {}

extension Array: Described where Element: Described {
  public static var schema: Schema { .array(of: Element.schema) }
}

extension Array: Answer where Element: Answer {}

extension Localized: Answer {
  public static var schema: Schema {
    .component("LocalizedText") {
      .object([Schema.Property("en", .text.about("English")), Schema.Property("ar", .text.about("Arabic"))])
    }
  }
}
