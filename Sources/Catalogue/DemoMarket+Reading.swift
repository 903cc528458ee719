import FoundationEssentials
import JSON
import WebAPI

/// What is wrong with a demo market's file.
public struct DemoMarketError: Error, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

extension DemoMarket {
  /// Reads a file such as `data/demo/amman.json`.
  public init(file path: String) throws {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw DemoMarketError(path: path, reason: "cannot be read; data.assets names the folder it is looked for in")
    }
    do {
      try self.init(json: [UInt8](content))
    } catch {
      throw DemoMarketError(path: path, reason: "\(error)")
    }
  }

  init(json text: [UInt8]) throws {
    let root = DemoNode(value: try JSONDocument(text).root, path: "")
    let market = try root.node("market")
    self.init(
      market: try Market(demo: market),
      areas: try root.list("areas").map { area in
        NamedPlace(
          id: try area.text("id"), name: try area.name("name"), lat: try area.degrees("lat"), lon: try area.degrees("lon"),
          radiusMetres: try area.integer("radius_m"), weight: try area.integer("weight"))
      },
      categories: try root.list("categories").map { Category(id: try $0.text("id"), name: try $0.name("name")) },
      names: try root.list("names").map { entry in
        (Localized(en: try entry.text("en"), ar: try entry.text("ar")), Set(try entry.texts("for")))
      },
      forms: try root.members("forms") { forms in
        try forms.elements().map { Localized(en: try $0.text("en"), ar: try $0.text("ar")) }
      },
      services: try root.members("services") { services in
        try services.elements().map { service in
          ServiceTemplate(
            name: try service.name("name"), priceMinor: try service.integer("price"),
            durationMinutes: try service.integer("duration_min"))
        }
      },
      tags: try root.texts("tags"))
    try checkReferences()
  }

  /// Every category can be given a name, a form and a service, so that making providers cannot fail.
  private func checkReferences() throws {
    if areas.isEmpty { throw DemoMarketError(path: "areas", reason: "at least one is needed") }
    if categories.isEmpty { throw DemoMarketError(path: "categories", reason: "at least one is needed") }
    for category in categories {
      if forms[category.id, default: []].isEmpty {
        throw DemoMarketError(path: "forms.\(category.id)", reason: "at least one is needed")
      }
      if services[category.id, default: []].isEmpty {
        throw DemoMarketError(path: "services.\(category.id)", reason: "at least one is needed")
      }
      if !names.contains(where: { $0.categories.contains(category.id) }) {
        throw DemoMarketError(path: "names", reason: "none is for \(category.id)")
      }
    }
  }
}

extension Market {
  fileprivate init(demo market: DemoNode) throws {
    self.init(
      id: try market.text("id"), name: try market.name("name"), country: try market.text("country"),
      currency: try market.text("currency"), currencyExponent: try market.integer("currency_exponent"),
      timeZone: try market.text("time_zone"), languages: try market.texts("languages"),
      weekend: try market.list("weekend").map { try $0.integer() },
      centre: Place(lat: try market.degrees("lat"), lon: try market.degrees("lon")))
  }
}

/// A value of the file, which knows its path for errors.
private struct DemoNode {
  let value: JSONValue
  let path: String

  func node(_ name: String) throws -> DemoNode {
    let path = JSONPath.join(path, name)
    guard let member = value[name] else { throw DemoMarketError(path: path, reason: "is missing") }
    return DemoNode(value: member, path: path)
  }

  func elements() throws -> [DemoNode] {
    guard let array = value.array else { throw DemoMarketError(path: path, reason: "must be a list") }
    return array.enumerated().map { DemoNode(value: $1, path: JSONPath.join(path, "[\($0)]")) }
  }

  func list(_ name: String) throws -> [DemoNode] { try node(name).elements() }

  func members<T>(_ name: String, _ read: (DemoNode) throws -> T) throws -> [String: T] {
    let node = try node(name)
    guard let object = node.value.object else { throw DemoMarketError(path: node.path, reason: "must be an object") }
    var result: [String: T] = [:]
    for member in object {
      result[member.name] = try read(DemoNode(value: member.value, path: JSONPath.join(node.path, member.name)))
    }
    return result
  }

  func text() throws -> String {
    guard let text = value.string, !text.isEmpty else { throw DemoMarketError(path: path, reason: "must be a text") }
    return text
  }

  func integer() throws -> Int {
    guard let integer = value.int else { throw DemoMarketError(path: path, reason: "must be a whole number") }
    return integer
  }

  func text(_ name: String) throws -> String { try node(name).text() }
  func texts(_ name: String) throws -> [String] { try list(name).map { try $0.text() } }
  func integer(_ name: String) throws -> Int { try node(name).integer() }

  func degrees(_ name: String) throws -> Double {
    let node = try node(name)
    guard let degrees = node.value.double, abs(degrees) <= 180 else {
      throw DemoMarketError(path: node.path, reason: "must be degrees")
    }
    return degrees
  }

  func name(_ name: String) throws -> Localized {
    let node = try node(name)
    return Localized(en: try node.text("en"), ar: try node.text("ar"))
  }
}
