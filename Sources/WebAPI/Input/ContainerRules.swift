public import JSON

/// An array whose elements follow one rule.
public struct ArrayRule<Element: Rule>: Rule {
  let element: Element
  let count: ClosedRange<Int>

  public var schema: Schema { Schema(.array(element.schema, count: count)) }

  public var expectation: Localized {
    Localized(
      en: "an array of \(count.lowerBound) to \(count.upperBound) elements",
      ar: "قائمة من \(count.lowerBound) إلى \(count.upperBound) عناصر")
  }

  public var placeholder: [Element.Value] { [] }
  public var isSecret: Bool { element.isSecret }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> [Element.Value] {
    guard let array = json.array else { throw .malformed }
    guard array.count >= count.lowerBound else { throw .tooShort }
    guard array.count <= count.upperBound else { throw .tooLong }
    var values: [Element.Value] = []
    values.reserveCapacity(array.count)
    for (index, json) in array.enumerated() {
      values.append(body.read(json, element, at: .index(index)))
    }
    return values
  }
}

/// An object that is an input of its own.
public struct ObjectRule<Input: BodyInput>: Rule {
  public var schema: Schema { Input.schema }
  public var expectation: Localized { Localized(en: "an object", ar: "كائنًا") }

  public var placeholder: Input {
    var reader = ObjectReader.absent
    return Input(&reader)
  }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Input {
    guard let object = json.object else { throw .malformed }
    return body.read(object, as: Input.self)
  }
}

/// A value or `null`, where both are given on purpose: `null` empties a field that leaving out would keep.
public struct NullableRule<Wrapped: Rule>: Rule {
  let wrapped: Wrapped

  public var schema: Schema { wrapped.schema.orNull() }
  public var expectation: Localized {
    Localized(en: "\(wrapped.expectation.en), or null", ar: "\(wrapped.expectation.ar) أو null")
  }
  public var placeholder: Wrapped.Value? { nil }
  public var isSecret: Bool { wrapped.isSecret }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Wrapped.Value? {
    json.isNull ? nil : try wrapped.read(json, in: body)
  }
}

extension Rule {
  public static func array<Element>(of element: Element, _ count: ClosedRange<Int>) -> ArrayRule<Element>
  where Self == ArrayRule<Element> { ArrayRule(element: element, count: count) }

  public static func object<Input>(_ input: Input.Type) -> ObjectRule<Input> where Self == ObjectRule<Input> { ObjectRule() }

  public static func nullable<Wrapped>(_ wrapped: Wrapped) -> NullableRule<Wrapped> where Self == NullableRule<Wrapped> {
    NullableRule(wrapped: wrapped)
  }
}
