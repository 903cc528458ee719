/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the same on every machine.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// In 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// In 0..<1, small ones more often.
  mutating func squared() -> Double {
    let value = unit()
    return value * value
  }

  /// True so many times in a hundred.
  mutating func chance(_ hundredths: Int) -> Bool { Int(next() % 100) < hundredths }

  mutating func element<T>(_ list: [T]) -> T { list[Int(next() % UInt64(list.count))] }

  /// The first most often: each next one half as often as the one before.
  mutating func early<T>(_ list: [T]) -> T {
    var index = 0
    while index + 1 < list.count, chance(40) { index += 1 }
    return list[index]
  }

  /// An index, as often as its weight says.
  mutating func weighted(_ weights: [Int]) -> Int {
    var rest = Int(next() % UInt64(max(1, weights.reduce(0, +))))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return weights.count - 1
  }

  /// Round the middle of an area, denser towards it, with six decimals: about 10 cm.
  mutating func place(around area: DemoMarket.NamedPlace) -> (Double, Double) {
    let metresPerDegree = 111_195.0
    func spread(_ random: inout SplitMix) -> Double {
      // The sum of three is near enough to a bell, and bounded.
      (random.unit() + random.unit() + random.unit() - 1.5) / 1.5 * Double(area.radiusMetres)
    }
    let north = spread(&self) / metresPerDegree
    // Amman's latitude is near enough for every demo market to keep the shape round.
    let east = spread(&self) / (metresPerDegree * 0.848)
    return (rounded(area.lat + north), rounded(area.lon + east))
  }

  private func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }
}
