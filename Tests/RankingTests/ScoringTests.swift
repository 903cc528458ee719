import Ranking
import TestSupport
import Testing

@Suite struct ScoringTests {
  static func randomRules(_ random: inout SeededRandom) -> RankingRules {
    var rules = RankingRules()
    for feature in Feature.allCases where Bool.random(using: &random) {
      rules.weights[feature] = .random(in: 0...3, using: &random)
    }
    rules.weights.distance += 0.1
    rules.decay = Decay(
      shape: [.linear, .exponential, .gaussian].randomElement(using: &random) ?? .linear,
      scaleMetres: Bool.random(using: &random) ? nil : .random(in: 1...50_000, using: &random))
    rules.ratingPrior = .random(in: 0...5, using: &random)
    rules.ratingStrength = Bool.random(using: &random) ? 0 : .random(in: 0...100, using: &random)
    rules.priceScale = 50_000
    return rules
  }

  static func randomFacts(_ random: inout SeededRandom) -> ProviderFacts {
    ProviderFacts(
      rating: .random(in: 0...5, using: &random), ratingCount: .random(in: 0...1_000, using: &random),
      availability: .random(in: 0...1, using: &random), verified: .random(using: &random),
      tier: .random(in: 0...3, using: &random),
      popularity: .random(in: 0...255, using: &random), newness: .random(in: 0...255, using: &random),
      hasHotSlot: .random(using: &random),
      lowestPrice: Bool.random(using: &random) ? nil : .random(in: 0...100_000, using: &random))
  }

  @Test func theDefaultProfileIsTheMarkets() throws {
    try RankingProfile.default.rules.check()
    let facts = ProviderFacts(
      rating: 4.6, ratingCount: 120, availability: 0.4, verified: false, tier: 2, popularity: 0, newness: 0, hasHotSlot: false,
      lowestPrice: nil)
    let rules = RankingProfile.default.rules
    let values = rules.features(facts, distanceMetres: 2_500, radiusMetres: 10_000, textScore: 0)
    #expect(rules.weights.weighted(values) == 0.30 * 0.75 + 0.25 * (4.6 / 5) + 0.25 * 0.4 + 0.20 * 0.7)
  }

  @Test func explanationsAddUpToTheScore() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let rules = Self.randomRules(&random)
      let values = rules.features(
        Self.randomFacts(&random), distanceMetres: .random(in: 0...10_000, using: &random), radiusMetres: 10_000,
        textScore: .random(in: 0...40, using: &random))
      let explanation = Explanation(rules: rules, values: values)
      #expect(explanation.sum == explanation.score && explanation.score == rules.weights.weighted(values))
      #expect(Feature.allCases.allSatisfy { (0...1).contains(values[$0]) }, "\(values)")
    }
  }

  @Test func decaysFallFromOne() {
    for shape in [Decay.Shape.linear, .exponential, .gaussian] {
      let decay = Decay(shape: shape, scaleMetres: 1_000)
      #expect(decay.nearness(distanceMetres: 0, scale: 1_000) == 1)
      #expect(decay.nearness(distanceMetres: 1_000, scale: 1_000) == (shape == .linear ? 0 : 0.5))
      let falling = stride(from: 0.0, through: 5_000, by: 10).map { decay.nearness(distanceMetres: $0, scale: 1_000) }
      #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 } && falling.allSatisfy { (0...1).contains($0) })
    }
    #expect(Decay.linear.scale(radiusMetres: 5_000) == 5_000)
    #expect(Decay(shape: .gaussian, scaleMetres: nil).scale(radiusMetres: 5_000) == 2_500)
  }

  @Test func ratingsOfFewVoicesAreDrawnToThePrior() {
    var rules = RankingRules()
    #expect(rules.smoothed(5, count: 0) == 5)
    (rules.ratingPrior, rules.ratingStrength) = (4, 10)
    #expect(rules.smoothed(5, count: 0) == 4 && rules.smoothed(5, count: 10) == 4.5)
  }

  @Test func badProfilesAreRefusedByField() throws {
    func refusal(_ change: (inout RankingRules) -> Void) -> String? {
      var rules = RankingProfile.default.rules
      change(&rules)
      do throws(RankingError) {
        _ = try RankingProfile(name: "x", rules: rules)
        return nil
      } catch { return error.field }
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.weights.text = -1 } == "weights.text")
    #expect(refusal { $0.weights.priceFit = .nan } == "weights.price_fit")
    #expect(refusal { $0.weights.rating = .infinity } == "weights.rating")
    #expect(refusal { $0.weights = FeatureVector() } == "weights")
    #expect(refusal { $0.decay = Decay(shape: .linear, scaleMetres: 0) } == "distance.scale_m")
    #expect(refusal { $0.ratingPrior = 6 } == "rating.prior")
    #expect(refusal { $0.ratingStrength = .nan } == "rating.strength")
    #expect(refusal { $0.unverifiedShare = 1.1 } == "verification.unverified")
    #expect(refusal { $0.tierShares.z = -0.1 } == "tier.gold")
    #expect(refusal { $0.weights.priceFit = 1 } == "price_fit.scale")
    #expect(refusal { $0.textPivot = 0 } == "text.pivot")
  }

  /// The quick look agrees with the one that says why, whatever number is wrong.
  @Test func rulesAreSoundWhenNothingIsWrong() {
    var random = SeededRandom()
    let odd: [Double] = [.nan, .infinity, -.infinity, -1e-9, 0, 0.001, 0.5, 1, 1.01, 5, 1_000, 1_001, 1e6, 2e6, 1e12, 2e12]
    var sound = 0
    for _ in 0..<20_000 {
      var rules = Self.randomRules(&random)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let value = odd[Int.random(in: 0..<odd.count, using: &random)]
        switch Int.random(in: 0..<11, using: &random) {
        case 0: rules.decay = Decay(shape: .gaussian, scaleMetres: value)
        case 1: rules.ratingPrior = value
        case 2: rules.ratingStrength = value
        case 3: rules.unverifiedShare = value
        case 4: rules.tierShares[.random(in: 0..<4, using: &random)] = value
        case 5: rules.priceScale = value
        case 6: rules.textPivot = value
        case 7:
          let weights: [WritableKeyPath<MatchingRules, Double>] = [
            \.exact, \.prefix, \.stem, \.synonym, \.phonetic, \.typo,
          ]
          rules.matching[keyPath: weights[.random(in: 0..<6, using: &random)]] = value
        case 8: rules.matching.enough = [-1, 0, 10_000, 10_001].randomElement(using: &random) ?? 0
        case 9:
          rules.matching.first = MatchTier.allCases.randomElement(using: &random) ?? .exact
          rules.matching.last = MatchTier.allCases.randomElement(using: &random) ?? .exact
        default: rules.weights[Feature.allCases[.random(in: 0..<10, using: &random)]] = value
        }
      }
      let isRight = (try? rules.check()) != nil
      #expect(rules.isSound == isRight, "\(rules)")
      if isRight { sound += 1 }
    }
    #expect(sound > 1_000 && sound < 19_000 && !RankingRules().isSound && RankingProfile.default.rules.isSound)
  }

  @Test func whoLacksAWordStaysInTheLowerHalf() {
    var random = SeededRandom()
    for _ in 0..<2_000 {
      var rules = RankingRules()
      rules.textPivot = .random(in: 0.01...100, using: &random)
      let scores = (0..<2).map { _ in Float.random(in: 0.001...60, using: &random) }.sorted()
      let features = scores.map { rules.squashed($0) }
      for (hasAllWords, floor) in [(false, 0.0), (true, 0.5)] {
        let halved = scores.map { rules.squashed(rules.partialTextScore($0, hasAllWords: hasAllWords)) }
        for (feature, half) in zip(features, halved) { #expect(abs(floor + feature / 2 - half) < 1e-6) }
        #expect(halved[0] <= halved[1] && halved[0] >= floor && halved[1] <= floor + 0.5)
      }
    }
  }

  @Test func featuresAndTiersAreNamed() {
    for feature in Feature.allCases { #expect(Feature(name: feature.description) == feature) }
    for tier in Tier.allCases { #expect(Tier(name: tier.description) == tier) }
    for tier in MatchTier.allCases { #expect(MatchTier(name: tier.description) == tier) }
    #expect(MatchTier(name: "guess") == nil && MatchTier.allCases == MatchTier.allCases.sorted())
    #expect(Feature(name: "charm") == nil && Tier(name: "Gold") == nil)
  }

  @Test func bytesNeverUnderstate() {
    var random = SeededRandom()
    for _ in 0..<50_000 {
      let share = Double.random(in: 0...1, using: &random)
      #expect(Share.value(Share.roundedUp(share)) >= share)
      let price = Int64.random(in: 0...(1 << Int64.random(in: 0...40, using: &random)), using: &random)
      let cheapness = Cheapness.of(price: price)
      #expect(cheapness > 0 && Cheapness.leastPrice(cheapness) <= Double(price), "\(price)")
      #expect(Cheapness.of(price: price + 1) <= cheapness)
    }
    #expect(Share.roundedUp(0) == 0 && Share.roundedUp(1) == 255 && Share.roundedUp(.nan) == 0)
    #expect(Cheapness.leastPrice(0) == .infinity && Cheapness.of(price: .max) > 0)
  }
}
