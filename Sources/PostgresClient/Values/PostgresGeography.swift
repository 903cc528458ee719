/// A PostGIS value (`geography`, `geometry`) as EWKB, the bytes PostGIS sends and takes.
///
/// Its type has another number in every database, so a parameter is sent without one and the statement decides; where it
/// cannot (`ST_DWithin($1, …)` fits several) cast it: `$1::geography`.
public struct PostgresGeography: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
  public let extendedWellKnownBinary: [UInt8]

  public init(extendedWellKnownBinary: [UInt8]) { self.extendedWellKnownBinary = extendedWellKnownBinary }

  /// A point on WGS 84 (SRID 4326).
  public static func point(latitude: Double, longitude: Double) -> PostgresGeography {
    var bytes: [UInt8] = [1]  // little-endian
    bytes.reserveCapacity(25)
    append(point | hasReference, to: &bytes)
    append(4326 as UInt32, to: &bytes)
    append(longitude.bitPattern, to: &bytes)
    append(latitude.bitPattern, to: &bytes)
    return PostgresGeography(extendedWellKnownBinary: bytes)
  }

  /// Nil unless this is a two-dimensional point.
  public var coordinates: (latitude: Double, longitude: Double)? {
    let bytes = extendedWellKnownBinary
    guard let order = bytes.first, order <= 1, bytes.count >= 21 else { return nil }
    func read<T: FixedWidthInteger>(at offset: Int) -> T {
      let part = bytes[offset..<offset + MemoryLayout<T>.size]
      return (order == 1 ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | T($1) }
    }
    let kind: UInt32 = read(at: 1)
    let start = kind & PostgresGeography.hasReference == 0 ? 5 : 9
    guard kind & ~PostgresGeography.hasReference == PostgresGeography.point, bytes.count == start + 16 else { return nil }
    return (Double(bitPattern: read(at: start + 8)), Double(bitPattern: read(at: start)))
  }

  private static let point: UInt32 = 1
  private static let hasReference: UInt32 = 0x2000_0000

  private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> T(shift))) }
  }

  public static var postgresType: PostgresType { .unspecified }

  public func encode(into writer: inout ParameterWriter) { writer.append(bytes: extendedWellKnownBinary) }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresGeography {
    guard cell.type.isUserDefined || cell.type == .bytea else { throw .wrongType }
    return PostgresGeography(extendedWellKnownBinary: cell.bytes)
  }
}
