import WebAPI

/// How names are made. Records are typed by hand in real life, so some are without hamzas, or with another spelling of the article.
extension DemoMarket {
  /// A name and the words it was made of.
  struct MadeName {
    let text: Localized
    let words: [String]
    let spellings: [String]
    /// The phrase that the name stands in, in English.
    let form: String
    /// What the phrase promises, and what the brand does.
    let sells: Set<String>
    let brandSells: Set<String>
  }

  /// "Father of": the respectful way to call a man after his eldest.
  static let kunya = NameWord(id: "abu", arabic: "أبو", english: ["Abu"], categories: [])

  private static let articles = ["Al-", "Al ", "El-", "El ", "Al"]

  func makeName(_ category: String, _ area: NamedPlace, _ random: inout SplitMix) -> MadeName? {
    guard let kinds = kinds[category], let kind = NameKind(rawValue: random.weighted(kinds.weights)) else { return nil }
    let person = random.element(people(kinds.people, &random))
    let family = random.element(families)
    let words: [NameWord]
    switch kind {
    case .given, .kunya: words = [person]
    case .full: words = [person, family]
    case .family: words = [family]
    case .brand: words = [random.element(brands.filter { $0.categories.contains(category) })]
    }
    let isKunya = kind == .kunya
    let latin = words.map { spelling(of: $0, &random) }
    let arabic = (isKunya ? [Self.kunya.arabic] : []) + words.map(\.arabic)
    let english = (isKunya ? Self.kunya.english : []) + latin
    let name = Localized(en: english.joined(separator: " "), ar: arabic.joined(separator: " "))
    let formKind: FormKind = kind == .brand ? .brand : kind == .given || isKunya ? .given : .person
    guard let form = forms[category]?[formKind].map({ random.element($0) }) else { return nil }
    return MadeName(
      text: complete(form.text, name, area, &random), words: (isKunya ? [Self.kunya.id] : []) + words.map(\.id),
      spellings: zip(words, latin).map { "\($0.id)=\($1)" }, form: form.text.en, sells: form.sells,
      brandSells: words.reduce(into: []) { $0.formUnion($1.sells) })
  }

  private func people(_ people: NameKinds.People, _ random: inout SplitMix) -> [NameWord] {
    switch people {
    case .men: men
    case .women: women
    case .both: random.chance(50) ? men : women
    }
  }

  /// One of its Latin spellings; a family's article is written as its bearers please, or left out.
  private func spelling(of word: NameWord, _ random: inout SplitMix) -> String {
    let text = random.early(word.english)
    guard word.categories.isEmpty, word.arabic.hasPrefix("ال"), !text.hasPrefix("Al") else { return text }
    if random.chance(15) { return text }
    let article = random.early(Self.articles)
    return article == "Al" ? article + text.lowercased() : article + text
  }

  private func complete(_ form: Localized, _ name: Localized, _ area: NamedPlace, _ random: inout SplitMix) -> Localized {
    var english = form.en.replacing("{name}", with: name.en)
    var arabic = form.ar.replacing("{name}", with: name.ar)
    // Branches say where they are.
    if random.chance(6) {
      english += " - \(area.name.en)"
      arabic += " - \(area.name.ar)"
    }
    if random.chance(18) { arabic = Self.withoutHamzas(arabic) }
    if random.chance(4) { arabic = arabic.replacing("ة ", with: "ه ") }
    return Localized(en: english, ar: arabic)
  }

  /// As one types who leaves them to the reader.
  private static func withoutHamzas(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { "أإآ".unicodeScalars.contains($0) ? "ا" : $0 }))
  }
}
