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
    self.init(
      about: try About(try root.node("market")),
      areas: try root.list("areas").map(NamedPlace.init),
      categories: try root.list("categories").map { category in
        NamedCategory(id: try category.text("id"), name: try category.name("name"), weight: try category.integer("weight"))
      },
      men: try root.list("men").map(NameWord.init), women: try root.list("women").map(NameWord.init),
      families: try root.list("families").map(NameWord.init), brands: try root.list("brands").map(NameWord.init),
      forms: try root.members("forms") { forms in
        try Dictionary(uniqueKeysWithValues: FormKind.allCases.map { ($0, try forms.list($0.rawValue).map(Form.init)) })
      },
      services: try root.members("services") { try $0.elements().map(ServiceTemplate.init) },
      hours: try root.members("hours") { hours in
        HoursTemplate(
          opens: try hours.texts("opens"), closes: try hours.texts("closes"),
          closedDays: try hours.list("closed").map { try $0.integer() })
      },
      tags: try root.members("tags") { try $0.elements().map { try $0.text() } },
      kinds: try root.members("kinds", NameKinds.init))
    try checkReferences()
  }

  /// Every category can be given a name, services and hours, so that making providers cannot fail.
  private func checkReferences() throws {
    for (path, count) in [
      ("areas", areas.count), ("categories", categories.count), ("men", men.count), ("women", women.count),
      ("families", families.count),
    ] where count == 0 { throw DemoMarketError(path: path, reason: "at least one is needed") }
    for category in categories.map(\.id) {
      for kind in FormKind.allCases where forms[category]?[kind]?.isEmpty ?? true {
        throw DemoMarketError(path: "forms.\(category).\(kind)", reason: "at least one is needed")
      }
      if services[category, default: []].isEmpty {
        throw DemoMarketError(path: "services.\(category)", reason: "at least one is needed")
      }
      if services[category, default: []].contains(where: { $0.names.isEmpty }) {
        throw DemoMarketError(path: "services.\(category)", reason: "each needs a name")
      }
      guard let hours = hours[category], !hours.opens.isEmpty, !hours.closes.isEmpty, !hours.closedDays.isEmpty else {
        throw DemoMarketError(path: "hours.\(category)", reason: "opening, closing and a day off are needed")
      }
      if kinds[category] == nil { throw DemoMarketError(path: "kinds.\(category)", reason: "is missing") }
      if !brands.contains(where: { $0.categories.contains(category) }) {
        throw DemoMarketError(path: "brands", reason: "none is for \(category)")
      }
    }
    try checkNameWords()
    try checkPromises()
  }

  /// What a name promises is a service of its category; what a brand promises, of any.
  private func checkPromises() throws {
    let all = Set(services.values.joined().map(\.id))
    for brand in brands {
      guard let stranger = brand.sells.subtracting(all).min() else { continue }
      throw DemoMarketError(path: "brands", reason: "\(brand.id) sells \(stranger), which is no service")
    }
    for (category, byKind) in forms.sorted(by: { $0.key < $1.key }) {
      let known = Set(services[category, default: []].map(\.id))
      for form in byKind.values.joined() {
        guard let stranger = form.sells.subtracting(known).min() else { continue }
        throw DemoMarketError(path: "forms.\(category)", reason: "\(form.text.en) sells \(stranger), which is no service")
      }
    }
  }

  /// An id stands for one word, in whichever lists it is.
  private func checkNameWords() throws {
    var words: [String: String] = [:]
    for word in men + women + families + brands {
      if let other = words.updateValue(word.arabic, forKey: word.id), other != word.arabic {
        throw DemoMarketError(path: "names", reason: "\(word.id) is two words, \(other) and \(word.arabic)")
      }
      if word.english.isEmpty { throw DemoMarketError(path: "names", reason: "\(word.id) has no Latin spelling") }
    }
  }
}

extension DemoMarket.About {
  fileprivate init(_ market: DemoNode) throws {
    self.init(
      id: try market.text("id"), name: try market.name("name"), country: try market.text("country"),
      currency: try market.text("currency"), currencyExponent: try market.integer("currency_exponent"),
      timeZone: try market.text("time_zone"), languages: try market.texts("languages"),
      weekend: try market.list("weekend").map { try $0.integer() }, lat: try market.degrees("lat"), lon: try market.degrees("lon")
    )
  }
}

extension DemoMarket.NamedPlace {
  fileprivate init(_ area: DemoNode) throws {
    self.init(
      id: try area.text("id"), name: try area.name("name"), lat: try area.degrees("lat"), lon: try area.degrees("lon"),
      radiusMetres: try area.integer("radius_m"), weight: try area.integer("weight"))
  }
}

extension DemoMarket.Form {
  fileprivate init(_ form: DemoNode) throws {
    self.init(text: try form.name(), sells: form.value["sells"] == nil ? [] : Set(try form.texts("sells")))
  }
}

extension DemoMarket.NameWord {
  fileprivate init(_ word: DemoNode) throws {
    self.init(
      id: try word.text("id"), arabic: try word.text("ar"), english: try word.texts("en"),
      categories: word.value["for"] == nil ? [] : Set(try word.texts("for")),
      sells: word.value["sells"] == nil ? [] : Set(try word.texts("sells")))
  }
}

extension DemoMarket.ServiceTemplate {
  fileprivate init(_ service: DemoNode) throws {
    self.init(
      id: try service.text("id"), names: try service.list("names").map { try $0.name() },
      priceMinor: try service.integer("price"),
      durationMinutes: try service.integer("duration_min"), share: try service.integer("share"))
  }
}

extension DemoMarket.NameKinds {
  fileprivate init(_ kinds: DemoNode) throws {
    let people = try kinds.text("people")
    guard let people = People(rawValue: people) else {
      throw DemoMarketError(path: JSONPath.join(kinds.path, "people"), reason: "must be men, women or both")
    }
    self.init(people: people, weights: try DemoMarket.NameKind.allCases.map { try kinds.integer("\($0)") })
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

  func name() throws -> Localized { Localized(en: try text("en"), ar: try text("ar")) }
  func name(_ name: String) throws -> Localized { try node(name).name() }
}
