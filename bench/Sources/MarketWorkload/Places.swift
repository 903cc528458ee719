/// Where providers and queries are: the region's cities, and towns around them that hold the other half of the people.
///
/// Tuned so that, at 1,000,000 providers, a query's radius holds about 272 of them at the median and 47,000 at the 99th percentile.
struct Places: Sendable {
  struct Place: Sendable {
    let latitude: Double
    let longitude: Double
    /// Of the latitude: how much a degree of longitude shrinks.
    let cosine: Double
    let scatterKilometres: Double
  }

  private(set) var all: [Place] = []
  /// Running sums of people: a place is found by bisection.
  private var ends: [Int] = []
  private var people = 0

  private static let townCount = 1_800
  /// People outside the cities, in per cent of all.
  private static let townPercent = 50
  private static let townNearestKilometres = 20.0
  private static let townFarthestKilometres = 120.0
  private static let scatterKilometres = 3.0...8.0
  /// A city of more people (in thousands) is built as densely as the scatter allows.
  private static let veryDenseThousands = 5_000
  static let kilometresPerDegree = 111.195

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed, stream: .places, index: 0)
    let cities = Cities.table.split(separator: "\n").map { $0.split(separator: " ") }
    for fields in cities {
      guard fields.count == 4, let latitude = Double(fields[1]), let longitude = Double(fields[2]), let thousands = Int(fields[3])
      else { preconditionFailure("a city is a name, a latitude, a longitude and its people: \(fields)") }
      let scatter = thousands > Places.veryDenseThousands ? Places.scatterKilometres.lowerBound : Places.scatter(&random)
      // In units of one person, so that towns' shares are whole numbers too.
      add(latitude, longitude, scatter: scatter, people: thousands * 1_000)
    }
    addTowns(&random, cityCount: all.count)
  }

  private mutating func addTowns(_ random: inout SplitMix64, cityCount: Int) {
    // 10,000 to 160,000 people, as many in each octave.
    let sizes = (0..<Places.townCount).map { _ in (10_000 << random.below(4)) * (1_000 + random.below(1_000)) / 1_000 }
    let inCities = people
    let wanted = inCities * Places.townPercent / (100 - Places.townPercent)
    let total = sizes.reduce(0, +)
    let parents = Places(cities: self, count: cityCount)
    for size in sizes {
      let city = all[parents.draw(&random)]
      let (east, north) = Places.ring(&random)
      add(
        city.latitude + north / Places.kilometresPerDegree, city.longitude + east / (Places.kilometresPerDegree * city.cosine),
        scatter: Places.scatter(&random), people: size * (wanted / 1_000) / (total / 1_000))
    }
  }

  private init(cities: Places, count: Int) {
    all = Array(cities.all[..<count])
    ends = Array(cities.ends[..<count])
    people = ends.last ?? 0
  }

  private mutating func add(_ latitude: Double, _ longitude: Double, scatter: Double, people count: Int) {
    all.append(
      Place(latitude: latitude, longitude: longitude, cosine: Places.cosine(degrees: latitude), scatterKilometres: scatter))
    people += count
    ends.append(people)
  }

  /// A place, as likely as it has people.
  func draw(_ random: inout SplitMix64) -> Int {
    let wanted = random.below(people)
    var low = 0
    var high = ends.count - 1
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > wanted { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// A point near a place's centre, in millionths of a degree.
  func scatter(around index: Int, _ random: inout SplitMix64) -> (latitude: Int32, longitude: Int32) {
    let place = all[index]
    let degrees = place.scatterKilometres / Places.kilometresPerDegree
    let latitude = place.latitude + random.normal() * degrees
    let longitude = place.longitude + random.normal() * degrees / place.cosine
    return (Int32((latitude * 1_000_000).rounded()), Int32((longitude * 1_000_000).rounded()))
  }

  private static func scatter(_ random: inout SplitMix64) -> Double {
    scatterKilometres.lowerBound + (scatterKilometres.upperBound - scatterKilometres.lowerBound) * random.unit()
  }

  /// Kilometres east and north, evenly spread over the ring around a city where its towns are.
  private static func ring(_ random: inout SplitMix64) -> (Double, Double) {
    while true {
      let east = (random.unit() * 2 - 1) * townFarthestKilometres
      let north = (random.unit() * 2 - 1) * townFarthestKilometres
      let squared = east * east + north * north
      if squared >= townNearestKilometres * townNearestKilometres, squared <= townFarthestKilometres * townFarthestKilometres {
        return (east, north)
      }
    }
  }

  /// The Taylor series; good to 10⁻⁹ up to 60°, and the same bits everywhere.
  static func cosine(degrees: Double) -> Double {
    let squared = (degrees * 0.017_453_292_519_943_295) * (degrees * 0.017_453_292_519_943_295)
    var term = 1.0
    var sum = 1.0
    for step in 1...8 {
      term *= -squared / Double((2 * step - 1) * (2 * step))
      sum += term
    }
    return sum
  }
}
