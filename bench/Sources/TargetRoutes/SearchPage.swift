import Bytes
public import HTTPServer
import JSON

/// An answer of the size and kinds of values that a search gives: twenty places with names in two scripts, prices and times.
public struct SearchPage: Sendable {
  struct Hit: Sendable {
    let id: Int
    let slug: String
    let name: String
    let localName: String
    let street: String
    let latitude: Double
    let longitude: Double
    let distanceMetres: Int
    let ratingHundredths: Int
    let reviewCount: Int
    let priceMills: Int
    let isOpen: Bool
    let nextFree: [String]
  }

  let hits: [Hit]

  public static let sample = SearchPage(
    hits: (0..<20).map { index in
      Hit(
        id: 1_000_000 + index * 7_919, slug: "barber-\(index)-al-salmiya-block-\(index % 12)", name: "Barber \"Number \(index)\"",
        localName: "حلاق السالمية رقم \(index)", street: "Salem Al Mubarak Street \(index * 3 + 1), Block \(index % 12)",
        latitude: 29.3375 + Double(index) * 0.00131, longitude: 48.0758 - Double(index) * 0.00097,
        distanceMetres: 120 + index * 83, ratingHundredths: 500 - index * 7, reviewCount: 12 + index * 31,
        priceMills: 4_500 + index * 250, isOpen: index % 3 != 0,
        nextFree: (0..<3).map { "2026-11-2\($0 + 1)T1\($0):\(index % 6)0:00+03:00" })
    })

  public func write(to response: HTTPResponse) {
    response.addHeader("Content-Type", "application/json")
    write(to: &response.body)
  }

  func write(to body: inout ByteBuffer) {
    body.beginObject()
    body.beginArray("hits")
    for hit in hits { SearchPage.write(hit, to: &body) }
    body.endArray()
    body.member("total", 1_284)
    body.member("next", text: "eyJvIjoyMH0")
    body.endObject()
  }

  private static func write(_ hit: Hit, to body: inout ByteBuffer) {
    body.beginObject()
    body.member("id", hit.id)
    body.member("slug", hit.slug)
    body.member("name", hit.name)
    body.member("localName", hit.localName)
    body.member("street", hit.street)
    body.beginArray("at")
    body.separate()
    body.appendJSON(rounded: hit.latitude, places: 6)
    body.separate()
    body.appendJSON(rounded: hit.longitude, places: 6)
    body.endArray()
    body.member("distanceMetres", hit.distanceMetres)
    body.member("rating", fixed: hit.ratingHundredths, places: 2)
    body.member("reviews", hit.reviewCount)
    body.member("price", fixed: hit.priceMills, places: 3)
    body.member("open", hit.isOpen)
    body.member("nextFree", hit.nextFree)
    body.endObject()
  }
}
