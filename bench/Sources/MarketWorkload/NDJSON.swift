/// The lines that `qareeb index build` and `qareeb index query` read, and the peers too.
extension GeneratedProvider {
  public func appendLine(to bytes: inout [UInt8]) {
    bytes.append("{\"id\":\"\(id)\",\"name\":")
    bytes.append(name)
    bytes.append(",\"category\":\"\(Market.categories[category])\",\"services\":[")
    for (position, service) in services.enumerated() {
      bytes.append(position == 0 ? "{\"name\":" : ",{\"name\":")
      bytes.append(service.name)
      bytes.append(",\"price\":\"")
      bytes.append(decimal: service.price, places: 3)
      bytes.append("\",\"currency\":\"\(Market.currency)\",\"duration_min\":\(service.durationMinutes)}")
    }
    bytes.append("]")
    bytes.append(latitude: latitudeMicrodegrees, longitude: longitudeMicrodegrees)
    bytes.append(",\"rating\":")
    bytes.append(decimal: ratingTenths, places: 1)
    bytes.append(",\"rating_count\":\(ratingCount),\"verified\":\(isVerified)")
    if let tier { bytes.append(",\"tier\":\"\(tier.rawValue)\"") }
    bytes.append(",\"tags\":[")
    bytes.append(
      Market.tags.indices.filter { tagBits >> UInt16($0) & 1 != 0 }.map { "\"\(Market.tags[$0])\"" }.joined(separator: ","))
    bytes.append("],\"availability\":")
    bytes.append(decimal: availabilityThousandths, places: 3)
    appendServiceAreas(to: &bytes)
    bytes.append("}\n")
  }

  private func appendServiceAreas(to bytes: inout [UInt8]) {
    guard !serviceAreas.isEmpty else { return }
    bytes.append(",\"service_areas\":[")
    for (position, area) in serviceAreas.enumerated() {
      bytes.append(position == 0 ? "{" : ",{")
      bytes.append("\"lat\":")
      bytes.append(decimal: Int(area.latitudeMicrodegrees), places: 6)
      bytes.append(",\"lon\":")
      bytes.append(decimal: Int(area.longitudeMicrodegrees), places: 6)
      bytes.append(",\"radius_m\":\(area.radiusMetres)}")
    }
    bytes.append("]")
  }
}

extension GeneratedQuery {
  /// The horizon's first day, as `available_from` and `available_to` name it.
  private static let firstDay = 1

  /// With `available_from`, `available_to` and `duration_min` in class (e), as the search API calls them.
  public func appendLine(to bytes: inout [UInt8]) {
    bytes.append("{\"id\":\"\(id)\"")
    bytes.append(latitude: latitudeMicrodegrees, longitude: longitudeMicrodegrees)
    bytes.append(",\"radius_m\":\(radiusMetres)")
    if let text { bytes.append(",\"q\":\"\(text)\",\"prefix\":\(endsInPrefix)") }
    if !categories.isEmpty {
      bytes.append(",\"category\":[\(categories.map { "\"\(Market.categories[$0])\"" }.joined(separator: ","))]")
    }
    if let priceMaximum {
      bytes.append(",\"price_max\":\"")
      bytes.append(decimal: priceMaximum, places: 3)
      bytes.append("\"")
    }
    if let ratingMinimumTenths {
      bytes.append(",\"rating_min\":")
      bytes.append(decimal: ratingMinimumTenths, places: 1)
    }
    if let window {
      bytes.append(",\"available_from\":\"\(moment(window.day, window.slots.lowerBound))\"")
      bytes.append(",\"available_to\":\"\(moment(window.day, window.slots.upperBound))\"")
      bytes.append(",\"duration_min\":\(window.durationMinutes)")
    }
    bytes.append(",\"limit\":\(GeneratedQuery.limit)}\n")
  }

  /// The horizon is February 2027: 28 days, beginning with a Monday.
  private func moment(_ day: Int, _ slot: Int) -> String {
    // A window that ends with its day ends at the next one's midnight, which may be in March.
    let date = day + slot / Market.slotsPerDay
    let month = date < Market.horizonDays ? "02-\(Market.digits(GeneratedQuery.firstDay + date, 2))" : "03-01"
    let slot = slot % Market.slotsPerDay
    return "2027-\(month)T\(Market.digits(slot / 4, 2)):\(Market.digits(slot % 4 * 15, 2)):00Z"
  }
}

extension [UInt8] {
  /// None of the workload's texts has a character that JSON escapes.
  fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  fileprivate mutating func append(_ text: BilingualText) {
    append("{\"en\":\"")
    append(text.english)
    append("\",\"ar\":\"")
    append(text.arabic)
    append("\"}")
  }

  fileprivate mutating func append(latitude: Int32, longitude: Int32) {
    append(",\"lat\":")
    append(decimal: Int(latitude), places: 6)
    append(",\"lon\":")
    append(decimal: Int(longitude), places: 6)
  }

  /// A whole number of 10^-places, with all its places.
  fileprivate mutating func append(decimal value: Int, places: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let digits = Market.digits(Int(value.magnitude), places + 1)
    append(contentsOf: digits.utf8.dropLast(places))
    append(UInt8(ascii: "."))
    append(contentsOf: digits.utf8.suffix(places))
  }
}
