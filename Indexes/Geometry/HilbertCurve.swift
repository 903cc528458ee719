/// Numbers places along a Hilbert curve over the plane of longitude and latitude: neighbours on the curve are neighbours on the map.
public enum HilbertCurve {
  /// 24 bits each way: cells of 2.4 m at the equator, and a number of 48 bits.
  public static let bits = 24

  public static func number(_ point: GeoPoint) -> UInt64 {
    let cells = Double(1 << bits)
    let last = (1 << bits) - 1
    let column = min(Int((point.longitude + 180) / 360 * cells), last)
    // The same scale both ways, so that cells are square at the equator.
    let row = min(Int((point.latitude + 90) / 360 * cells), last)
    return number(column: UInt32(column), row: UInt32(row))
  }

  /// The distance along the curve of a cell. O(bits): one quadrant of the remaining square at each step.
  public static func number(column: UInt32, row: UInt32) -> UInt64 {
    var (x, y) = (column, row)
    var number: UInt64 = 0
    let mask = UInt32(1) << UInt32(bits) - 1
    var side = UInt32(1) << UInt32(bits - 1)
    while side > 0 {
      let right = x & side != 0
      let top = y & side != 0
      number = number << 2 | (right ? (top ? 2 : 3) : (top ? 1 : 0))
      // Turn the quadrant so that the curve inside it begins and ends where its neighbours need it.
      if !top {
        if right { (x, y) = (mask & ~x, mask & ~y) }
        swap(&x, &y)
      }
      side >>= 1
    }
    return number
  }
}
