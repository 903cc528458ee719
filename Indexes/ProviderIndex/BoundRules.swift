import Geometry
import Ranking

/// What a score can at most be, from bytes and a least distance: the rules of the profile in single precision, rounded upwards.
struct BoundRules {
  /// What every provider has.
  var base: Float
  /// Weight of a byte's step. Of `merit`, or of `standing` where availability is not in the bytes; the other rows have what is left.
  var merit: Float
  let meritRow: FeatureBlocks.Row
  var rating: Float
  var availability: Float
  var verification: Float
  var popularity: Float
  var newness: Float
  /// Ratings are drawn towards a prior: none is bounded below it.
  var ratingFloor: Float
  var distance: Float
  /// Metres to the inverse: linear decay only.
  var distanceSlope: Float
  /// By tier and by cheapness, where they count; else empty.
  var hotSlot: Float
  var tiers: SIMD4<Float>
  var priceWeight: Float
  var priceScale: Double
  var text: Float
  var textPivot: Float
  let decay: Decay
  let scale: Double

  /// - Parameter windowShare: the availability of a window is not in the bytes: no one has more of it than this.
  init(_ rules: RankingRules, radiusMetres: Double, windowShare: Double?) {
    let weights = rules.weights
    func step(_ weight: Double) -> Float { Float(weight / 255) * 1.000_001 }
    base = Float(weights.verification * rules.unverifiedShare + weights.availability * (windowShare ?? 0)) * 1.000_001
    // As much of the sum as every part of it has; what is over stays with the rows. The rating of few voices is not its own.
    let verified = weights.verification * (1 - rules.unverifiedShare)
    let usesStanding = windowShare != nil || weights.availability == 0
    var common = min(weights.rating / Merit.rating, verified / Merit.verification)
    if !usesStanding { common = min(common, weights.availability / Merit.availability) }
    if rules.ratingStrength > 0 { common = 0 }
    func rest(_ weight: Double, _ part: Double) -> Float {
      let rest = weight - common * part
      // What rounding leaves of a weight that is all in the sum is in the sum's own margin.
      return rest > weight * 1e-9 ? step(rest) : 0
    }
    meritRow = usesStanding ? .standing : .merit
    merit = step(common * (usesStanding ? Merit.sumOfStanding : Merit.sum))
    rating = rest(weights.rating, Merit.rating)
    availability = usesStanding ? 0 : rest(weights.availability, Merit.availability)
    verification = rest(verified, Merit.verification)
    popularity = step(weights.popularity)
    newness = step(weights.newness)
    ratingFloor = rules.ratingStrength > 0 ? Float(rules.ratingPrior / 5 * 255) + 1 : 0
    decay = rules.decay
    scale = rules.decay.scale(radiusMetres: radiusMetres)
    distance = Float(weights.distance) * 1.000_001
    // Finite, or a distance of 0 would bound nothing: 0 · ∞ is no number.
    distanceSlope = Float(min(1 / scale, Double(Float.greatestFiniteMagnitude)))
    hotSlot = Float(weights.hotSlot) * 1.000_001
    // A node's tier is the highest below it; its share the greatest up to there.
    var (tiers, greatest) = (SIMD4<Float>(repeating: 0), 0.0)
    for tier in 0..<4 {
      greatest = max(greatest, rules.tierShares[tier])
      tiers[tier] = Float(weights.tier * greatest) * 1.000_001
    }
    self.tiers = tiers
    priceWeight = Float(weights.priceFit) * 1.000_001
    priceScale = rules.priceScale
    text = Float(weights.text) * 1.000_001
    textPivot = Float(rules.textPivot)
  }

  /// Tier, hot slots and price need a look at each child.
  var needsEachChild: Bool { tiers.max() > 0 || hotSlot > 0 || priceWeight > 0 }

  @inline(__always)
  func nearness(_ least: SIMD16<Float>) -> SIMD16<Float> {
    if decay.shape == .linear {
      let nearness = 1 - least * distanceSlope
      return distance * nearness.replacing(with: 0, where: nearness .< 0) + 1e-6 * distance
    }
    return curvedNearness(least)
  }

  /// The most that one provider can score, by its bytes.
  @inline(__always)
  func bound(_ rows: FeatureRows, lane: Int, least: Float) -> Float {
    var bound = base + nearness(least)
    if merit > 0 { bound += merit * Float(rows.byte(meritRow, lane)) }
    if rating > 0 { bound += rating * max(Float(rows.byte(.rating, lane)), ratingFloor) }
    if availability > 0 { bound += availability * Float(rows.byte(.availability, lane)) }
    if verification > 0 { bound += verification * Float(rows.byte(.verification, lane)) }
    if popularity > 0 { bound += popularity * Float(rows.byte(.popularity, lane)) }
    if newness > 0 { bound += newness * Float(rows.byte(.newness, lane)) }
    return bound * 1.000_002
  }

  @inline(__always)
  private func nearness(_ least: Float) -> Float {
    guard decay.shape == .linear else {
      return distance * Float(decay.nearness(distanceMetres: Double(least), scale: scale)) * 1.000_001
    }
    return distance * max(1 - least * distanceSlope, 0) + 1e-6 * distance
  }

  @inline(never)
  private func curvedNearness(_ least: SIMD16<Float>) -> SIMD16<Float> {
    var nearness = SIMD16<Float>(repeating: 0)
    for lane in 0..<16 where least[lane].isFinite {
      nearness[lane] = distance * Float(decay.nearness(distanceMetres: Double(least[lane]), scale: scale)) * 1.000_001
    }
    return nearness
  }

  /// The text feature of a score that is at most `score`, weighted.
  func textPart(_ score: Float) -> Float { score <= 0 ? 0 : text * (score / (score + textPivot)) * 1.000_001 }
}
