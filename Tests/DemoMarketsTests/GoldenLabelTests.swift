import Bytes
import FoundationEssentials
import JSON
import TestSupport
import Testing
import WebAPI

@testable import DemoMarkets

/// `data/golden/`: questions, labels and market belong together.
@Suite struct GoldenLabelTests {
  private let demo: DemoMarket
  private let providers: [MadeProvider]
  private let questions: [GoldenQuestion]

  init() throws {
    demo = try DemoMarket(file: ProjectFolder.file("data/demo/amman.json"))
    providers = demo.providers(count: DemoMarket.standardCount, seed: DemoMarket.standardSeed)
    questions = try Self.lines("data/golden/questions.ndjson").map { try GoldenQuestion($0) }
  }

  private static func lines(_ path: String) throws -> [JSONValue] {
    try ProjectFolder.text(path).split(separator: "\n").map { try JSONDocument(Array($0.utf8)).root }
  }

  @Test func committedLabelsAreThoseOfTheMarket() throws {
    var text = ByteBuffer()
    try GoldenLabels(questions, market: demo, providers: providers).append(to: &text)
    // Not compared in the expectation itself, which would print half a megabyte of each.
    let isSame = String(text) == (try ProjectFolder.text("data/golden/labels.ndjson"))
    #expect(isSame, "label again: qareeb demo label --questions data/golden/questions.ndjson --out data/golden/labels.ndjson")
  }

  /// Another way to the same truth: the words of the market's file in the record itself.
  @Test func whatIsLabelledIsSo() throws {
    let meanings = Dictionary(uniqueKeysWithValues: questions.map { ($0.id, $0) })
    let words = demo.nameWords
    var checked = 0
    for line in try Self.lines("data/golden/labels.ndjson") {
      let question = try #require(line["id"]?.string.flatMap { meanings[$0] })
      for number in line["grades"]?["3"]?.array?.compactMap(\.int) ?? [] {
        #expect(providers.indices.contains(number))
        let provider = providers[number]
        for alternatives in question.names {
          let isNamed = alternatives.contains { id in
            words[String(id.prefix { $0 != "=" })].map { provider.name.ar.plainLetters.contains($0.arabic.plainLetters) } ?? false
          }
          #expect(isNamed, "\(question.id): \(provider.name.ar)")
        }
        if !question.categories.isEmpty { #expect(question.categories.contains(provider.category)) }
        if !question.areas.isEmpty { #expect(question.areas.contains(provider.area)) }
        if !question.services.isEmpty { #expect(!question.services.isDisjoint(with: provider.services.map(\.kind))) }
        checked += 1
      }
    }
    #expect(checked > 400)
  }

  @Test func everyClassHasEnoughQuestions() {
    let counts = Dictionary(grouping: questions, by: \.queryClass).mapValues(\.count)
    #expect(counts.count == 12)
    for (name, count) in counts { #expect(count >= 30, "\(name)") }
    #expect(Set(questions.map(\.text)).count == questions.count)
  }

  @Test(arguments: [
    (#"{"id":"a","class":"c","q":"x"}"#, "a asks for nothing"),
    (#"{"id":"a","class":"c","q":"","names":["waleed"]}"#, "q: must be a text"),
    (#"{"id":"a","class":"c","q":"x","name":["waleed"]}"#, "name: is not a member of a question"),
    (#"{"id":"a","class":"c","q":"x","names":[""]}"#, "names: must hold texts"),
  ])
  func whatIsWrongWithAQuestionIsNamed(line: String, problem: String) throws {
    let value = try JSONDocument(Array(line.utf8)).root
    let error = #expect(throws: DemoMarketError.self) { _ = try GoldenQuestion(value) }
    #expect(error?.description == problem)
  }

  @Test(arguments: [
    (#"{"id":"a","class":"c","q":"x","names":["nobody"]}"#, "a: the market has no nobody"),
    (#"{"id":"a","class":"c","q":"x","names":["farasha=Moth"]}"#, "a: the market has no farasha=Moth"),
    (#"{"id":"a","class":"c","q":"x","forms":["{name} Mill"],"names":["farasha"]}"#, "a: the market has no {name} Mill"),
    (#"{"id":"a","class":"c","q":"x","services":["waxing"],"categories":["barber"]}"#, "nobody answers a, x"),
  ])
  func aQuestionThatCannotBeAnsweredIsRefused(line: String, problem: String) throws {
    let question = try GoldenQuestion(try JSONDocument(Array(line.utf8)).root)
    let error = #expect(throws: DemoMarketError.self) {
      _ = try GoldenLabels([question], market: demo, providers: providers)
    }
    #expect(error?.description == problem)
  }

  @Test func partOfANameAndAnotherTradeAreLittle() throws {
    func grade(_ line: String, _ provider: MadeProvider) throws -> Int {
      try GoldenQuestion(try JSONDocument(Array(line.utf8)).root).grade(of: provider)
    }
    let butterfly = try #require(providers.first { $0.name.en.contains("Butterfly") })
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["farasha=Butterfly"]}"#, butterfly) == 3)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["farasha=Al-Farasha"]}"#, butterfly) == 0)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["farasha"],"forms":["\#(butterfly.form)"]}"#, butterfly) == 3)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["farasha"],"forms":["{name} Maids"]}"#, butterfly) == 1)
    let father = try #require(providers.first { $0.name.en.contains("Abu Khalil") })
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["abu","khalil"]}"#, father) == 3)
    let halabi = try #require(providers.first { $0.nameWords == ["waleed", "halabi"] })
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["waleed","halabi"],"categories":["barber"]}"#, halabi) == 3)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["waleed","khatib"],"categories":["barber"]}"#, halabi) == 1)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["waleed"],"categories":["salon"]}"#, halabi) == 1)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","names":["layan|waleed"]}"#, halabi) == 3)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","services":["waxing"],"near_services":["haircut-men"]}"#, halabi) == 2)
    #expect(try grade(#"{"id":"a","class":"c","q":"x","services":["waxing"]}"#, halabi) == 0)
  }
}

extension String {
  /// Without what people leave out.
  fileprivate var plainLetters: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { "أإآ".unicodeScalars.contains($0) ? "ا" : $0 == "ة" ? "ه" : $0 }))
  }
}
