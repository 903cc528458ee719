/// Where a word stands. Raw values are the order of the design: name, services, category, area, description.
public enum TextField: UInt8, Sendable, CaseIterable {
  case name, service, category, area, description
}

/// BM25F's constants, and its arithmetic in integers.
///
/// A term's weighted frequency in a provider is the sum, over the values of its fields, of `weight · alternative's weight /
/// (1 − b + b · length / reference length)`. It is kept in units of 1/65,536, so the sum is the same in whatever order its parts
/// are added. Reference lengths are constants and not means over the index, so an impact depends on the provider alone.
enum FieldTable {
  struct Constants {
    let weight: Float
    /// How much of the length counts (BM25's b).
    let lengthShare: Float
    /// The length in tokens at which a value counts with its plain weight.
    let referenceLength: Float
  }

  /// Half of the full impact is reached at a weighted frequency of k1: the usual 1.2.
  static let saturation: Float = 1.2
  static let unit: Float = 65_536
  private static let saturationUnits = UInt64(saturation * unit)

  static func constants(_ field: TextField) -> Constants {
    switch field {
    // A word of the name says most. Names have two or three words; a long one dilutes its words a little.
    case .name: Constants(weight: 3, lengthShare: 0.25, referenceLength: 3)
    // One value a service, each with its own length: twenty services must not make each of them worth a twentieth. A service that is
    // called by the one word says more than the category, one that has other words less: a salon that sells a spa manicure is no spa.
    case .service: Constants(weight: 1.6, lengthShare: 0.4, referenceLength: 1)
    // A category's name is chosen by us, so its length says nothing.
    case .category: Constants(weight: 1.4, lengthShare: 0, referenceLength: 2)
    // Addresses name the quarter, the city, and a street that may be long.
    case .area: Constants(weight: 1, lengthShare: 0.2, referenceLength: 3)
    // Prose: many words, each of which says little; BM25's usual b.
    case .description: Constants(weight: 0.5, lengthShare: 0.75, referenceLength: 40)
    }
  }

  /// What one occurrence of weight 1 adds in a value of `length` tokens.
  static func share(_ field: TextField, length: Int) -> Float {
    let constants = constants(field)
    let relative = Float(max(length, 1)) / constants.referenceLength
    return constants.weight / (1 - constants.lengthShare + constants.lengthShare * relative) * unit
  }

  /// `share` of an occurrence with the alternative's weight, in units; at least one, so that no posting vanishes.
  @inline(__always)
  static func units(_ share: Float, weight: Float) -> UInt32 { UInt32(max(1, share * weight)) }

  /// The saturated part, quantised upwards: ⌈255 · w / (k1 + w)⌉, from 1 to 255.
  @inline(__always)
  static func impact(units: UInt32) -> UInt8 {
    let weight = UInt64(units)
    let whole = saturationUnits + weight
    return UInt8((255 * weight + whole - 1) / whole)
  }
}
