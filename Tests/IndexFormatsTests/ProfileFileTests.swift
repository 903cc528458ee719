import Foundation
import IndexFormats
import ProviderIndex
import Ranking
import TestSupport
import Testing

@Suite struct ProfileFileTests {
  private func read(_ text: String) throws -> RankingProfile { try ProfileFile.profile(Array(text.utf8), name: "p") }

  @Test func theDefaultProfilesFileIsTheDefaultProfile() throws {
    let profile = try ProfileFile.profile(Array(try ProjectFolder.text("data/ranking/default.json").utf8), name: "default")
    #expect(profile == RankingProfile.default)
  }

  @Test func theTextProfileRanksByWords() throws {
    let profile = try ProfileFile.profile(Array(try ProjectFolder.text("data/ranking/text.json").utf8), name: "text")
    #expect(profile.rules.weights.text == 1 && profile.rules.weights.distance == 0.002)
    var matching = MatchingRules()
    matching.last = .partial
    #expect(profile.rules.matching == matching, "it writes the defaults out, and lets a word be missing")
  }

  @Test func theReadmesExampleIsRight() throws {
    let readme = try ProjectFolder.text("data/ranking/README.md")
    let example = try #require(readme.firstMatch(of: /```json\n((?:.|\n)*?)```/)?.output.1)
    let rules = try read(String(example)).rules
    #expect(rules.decay == Decay(shape: .exponential, scaleMetres: 3000) && rules.ratingStrength == 10 && rules.textPivot == 3)
  }

  @Test func everyMemberIsRead() throws {
    let profile = try read(
      """
      {"name":"p","description":"all","weights":{"distance":1,"rating":2,"availability":3,"verification":4,"tier":5,"text":6,
       "popularity":7,"price_fit":8,"newness":9,"hot_slot":10},
       "distance":{"decay":"gaussian","scale_m":2500},"rating":{"prior":3.5,"strength":12},"verification":{"unverified":0.25},
       "tier":{"none":0.1,"silver":0.2,"gold":0.3,"diamond":0.4},"price_fit":{"scale":50000},"text":{"pivot":2.5},
       "matching":{"weights":{"exact":0.9,"prefix":0.8,"stem":0.7,"synonym":0.6,"phonetic":0.3,"typo":0.2},"enough":3,
        "first":"stem","last":"phonetic"}}
      """)
    var rules = RankingRules()
    for (index, feature) in Feature.allCases.enumerated() { rules.weights[feature] = Double(index + 1) }
    rules.decay = Decay(shape: .gaussian, scaleMetres: 2500)
    (rules.ratingPrior, rules.ratingStrength, rules.unverifiedShare) = (3.5, 12, 0.25)
    rules.tierShares = SIMD4(0.1, 0.2, 0.3, 0.4)
    (rules.priceScale, rules.textPivot) = (50_000, 2.5)
    (rules.matching.exact, rules.matching.prefix, rules.matching.stem) = (0.9, 0.8, 0.7)
    (rules.matching.synonym, rules.matching.phonetic, rules.matching.typo) = (0.6, 0.3, 0.2)
    (rules.matching.enough, rules.matching.first, rules.matching.last) = (3, .stem, .phonetic)
    #expect(profile.name == "p")
    #expect(profile.rules == rules)
  }

  @Test(arguments: [
    ("", "line 1: not JSON at column 1: the document is empty"),
    ("{\n \"weights\":{\n  \"distance\" 1}}", "line 3: "),
    ("7", "line 1: 7: must be an object"),
    ("{}", "line 1: weights: is missing"),
    ("{\n\n \"weights\": 3}", "line 3: weights: 3: must be an object"),
    (
      "{\"weights\":\n{\"rating\":1,\n\"ratng\":1}}",
      "line 3: weights.ratng: is not a member of this object, which may have distance, "
    ),
    ("{\"weights\":{\"rating\":1},\n\"wieghts\":{}}", "line 2: wieghts: is not a member of a profile, which may have name, "),
    ("{\"weights\":{\"rating\":1,\n\"rating\":2}}", "line 2: weights.rating: is given twice"),
    ("{\"weights\":{\"text\":1,\n\"rating\":\"1\"}}", "line 2: weights.rating: \"1\": must be a number"),
    ("{\"weights\":{\"text\":1,\n\"rating\":-1}}", "line 2: weights.rating: -1.0: must be a number from 0 to 1000.0"),
    ("{\"name\":\"p\",\n\"weights\":{\"text\":0}}", "line 2: weights: all are 0: at least one must be above 0"),
    ("{\"weights\":{\"price_fit\":0,\n\"text\":1},\n\"text\":\n{\"pivot\":0}}", "line 4: text.pivot: 0.0: must be a number from"),
    ("{\"weights\":{\"text\":1,\n\"price_fit\":1}}", "line 2: price_fit.scale: 0.0: must be a number from 1.0"),
    (
      "{\"weights\":{\"text\":1},\n\"distance\":{\"decay\":\"gausian\"}}",
      "line 2: distance.decay: \"gausian\": must be one of linear, "
    ),
    ("{\"weights\":{\"text\":1},\n\"distance\":{\n\"scale_m\":0}}", "line 3: distance.scale_m: 0.0: must be a number from 1.0"),
    ("{\"weights\":{\"text\":1},\n\"rating\":{\n\"prior\":6}}", "line 3: rating.prior: 6.0: must be a number from 0.0 to 5.0"),
    ("{\"weights\":{\"text\":1},\n\"rating\":{\n\"strength\":null}}", "line 3: rating.strength: null: must be a number"),
    ("{\"weights\":{\"text\":1},\n\"verification\":{\"verified\":1}}", "line 2: verification.verified: is not a member"),
    ("{\"weights\":{\"text\":1},\n\"tier\":{\"gold\":2}}", "line 2: tier.gold: 2.0: must be a number from 0.0 to 1.0"),
    ("{\"weights\":{\"text\":1},\n\n\"name\":\"q\"}", "line 3: name: \"q\": must be the file's name without \".json\", \"p\""),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\"weights\":\n{\"stem\":1.5}}}",
      "line 3: matching.weights.stem: 1.5: must be a number from 0 to 1"
    ),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\"weights\":{\"exact\":0.9,\n\"stem\":0.95}}}",
      "line 3: matching.weights.stem: 0.95: must not be above matching.weights.exact, 0.9"
    ),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\n\"weights\":{\"stm\":1}}}",
      "line 3: matching.weights.stm: is not a member of this object, which may have exact, prefix, stem, "
    ),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\n\"enough\":-1}}",
      "line 3: matching.enough: -1: must be a whole number from 0 to 10000"
    ),
    ("{\"weights\":{\"text\":1},\n\"matching\":{\n\"enough\":2.5}}", "line 3: matching.enough: 2.5: must be a whole number"),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\n\"last\":\"stemm\"}}",
      "line 3: matching.last: \"stemm\": must be one of exact, stem, synonym, phonetic, typo, partial; did you mean stem?"
    ),
    (
      "{\"weights\":{\"text\":1},\n\"matching\":{\"last\":\"stem\",\n\"first\":\"typo\"}}",
      "line 3: matching.first: \"typo\": must not be weaker than matching.last, \"stem\""
    ),
    ("{\"description\":\n7}", "line 1: description: 7: must be a string"),
  ])
  func aBadOneIsRefusedWithTheLineAndTheReason(_ text: String, _ problem: String) throws {
    let found = #expect(throws: ProfileProblem.self) { try read(text) }
    #expect(found?.description.hasPrefix(problem) == true, "\(String(describing: found))")
  }

  @Test func misspeltNamesAreCorrected() {
    let found = #expect(throws: ProfileProblem.self) { try read("{\"weights\":{\"ratng\":1}}") }
    #expect(found?.description.hasSuffix("; did you mean rating?") == true)
  }

  @Test func profilesAreFoundByName() throws {
    var profiles = RankingProfiles()
    #expect(try profiles.profile(named: "default") == .default)
    profiles.add(try read("{\"weights\":{\"rating\":1}}"))
    #expect(profiles.names == ["default", "p"])
    #expect(
      try Lines.query("{\"lat\":1,\"lon\":2,\"radius_m\":3,\"profile\":\"p\"}", profiles: profiles).query.rules.weights.rating
        == 1)
  }
}
