public import JSON
import WebAPI

/// A query as somebody would type it, with what they mean: in the market's own terms, not in words of a text.
public struct GoldenQuestion: Sendable {
  public let id: String
  public let queryClass: String
  public let text: String
  /// Where it is asked from, where that matters.
  public let place: (lat: Double, lon: Double)?
  /// Every one of these is in the name; each is one word or one of several.
  let names: [[String]]
  /// The business is of one of these categories.
  let categories: Set<String>
  /// One of these is sold.
  let services: Set<String>
  /// These are not what was asked for, but near it.
  let nearServices: Set<String>
  /// It is in one of these quarters.
  let areas: Set<String>
  /// The sign says one of these phrases: who types "Nefertiti Nail Bar" does not mean another Nefertiti.
  let forms: Set<String>

  /// `{"id":"…","class":"names-ar","q":"صالون وردة","names":["warda"],"categories":["salon"],"services":[…],"near_services":[…],
  /// "areas":[…],"forms":["{name} Nail Bar"],"lat":…,"lon":…}`. A name of several words, any of which is meant, is written "samer|samir"; one
  /// that is meant in a certain Latin spelling alone, "farasha=Butterfly".
  public init(_ line: JSONValue) throws {
    func texts(_ name: String) throws -> [String] {
      guard let value = line[name] else { return [] }
      guard let list = value.array else { throw DemoMarketError(path: name, reason: "must be a list") }
      return try list.map { element in
        guard let text = element.string, !text.isEmpty else { throw DemoMarketError(path: name, reason: "must hold texts") }
        return text
      }
    }
    func text(_ name: String) throws -> String {
      guard let text = line[name]?.string, !text.isEmpty else { throw DemoMarketError(path: name, reason: "must be a text") }
      return text
    }
    id = try text("id")
    queryClass = try text("class")
    self.text = try text("q")
    if let lat = line["lat"]?.double, let lon = line["lon"]?.double { place = (lat, lon) } else { place = nil }
    names = try texts("names").map { $0.split(separator: "|").map(String.init) }
    categories = Set(try texts("categories"))
    services = Set(try texts("services"))
    nearServices = Set(try texts("near_services"))
    areas = Set(try texts("areas"))
    forms = Set(try texts("forms"))
    if let object = line.object {
      let known = ["id", "class", "q", "lat", "lon", "names", "categories", "services", "near_services", "areas", "forms"]
      for member in object where !known.contains(member.name) {
        throw DemoMarketError(path: member.name, reason: "is not a member of a question")
      }
    }
    if names.isEmpty, categories.isEmpty, services.isEmpty, areas.isEmpty {
      throw DemoMarketError(path: "", reason: "\(id) asks for nothing")
    }
  }

  /// How well a provider answers: 3 is what was asked for, 2 nearly that, 1 has part of the name or another trade, 0 nothing.
  public func grade(of provider: MadeProvider) -> Int {
    guard areas.isEmpty || areas.contains(provider.area) else { return 0 }
    let offer = offerGrade(of: provider)
    guard !names.isEmpty else { return offer }
    let found = names.count { alternatives in
      alternatives.contains { provider.nameWords.contains($0) || provider.nameSpellings.contains($0) }
    }
    if found == names.count { return max(offer, 1) }
    return found > 0 && offer > 0 ? 1 : 0
  }

  /// By what it is and what it sells.
  private func offerGrade(of provider: MadeProvider) -> Int {
    guard categories.isEmpty || categories.contains(provider.category) else { return 0 }
    guard forms.isEmpty || forms.contains(provider.form) else { return 0 }
    if services.isEmpty || provider.services.contains(where: { services.contains($0.kind) }) { return 3 }
    return provider.services.contains { nearServices.contains($0.kind) } ? 2 : 0
  }

  /// What it names and the market has not.
  func strangers(in market: DemoMarket) -> [String] {
    let words = market.nameWords
    let known: Set<String> = Set(market.services.values.joined().map(\.id))
    let spelt = { (name: String) in
      let parts = name.split(separator: "=", maxSplits: 1).map(String.init)
      guard let word = parts.first.flatMap({ words[$0] }) else { return false }
      return parts.count == 1 || word.english.contains(parts[1])
    }
    return names.joined().filter { !spelt($0) } + services.union(nearServices).subtracting(known).sorted()
      + forms.filter { form in !market.forms.values.joined().contains { $0.value.contains { $0.text.en == form } } }.sorted()
      + categories.subtracting(market.categories.map(\.id)).sorted() + areas.subtracting(market.areas.map(\.id)).sorted()
  }
}
