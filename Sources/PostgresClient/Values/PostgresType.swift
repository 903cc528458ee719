/// A data type by the number the server gives it (`pg_type.oid`); built-in types have the same number everywhere.
public struct PostgresType: Sendable, Hashable, RawRepresentable {
  public let rawValue: UInt32

  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Lets the server decide from the statement.
  public static let unspecified = PostgresType(rawValue: 0)
  public static let bool = PostgresType(rawValue: 16)
  public static let bytea = PostgresType(rawValue: 17)
  public static let char = PostgresType(rawValue: 18)
  public static let name = PostgresType(rawValue: 19)
  public static let int8 = PostgresType(rawValue: 20)
  public static let int2 = PostgresType(rawValue: 21)
  public static let int4 = PostgresType(rawValue: 23)
  public static let text = PostgresType(rawValue: 25)
  public static let oid = PostgresType(rawValue: 26)
  public static let json = PostgresType(rawValue: 114)
  public static let float4 = PostgresType(rawValue: 700)
  public static let float8 = PostgresType(rawValue: 701)
  public static let unknown = PostgresType(rawValue: 705)
  public static let bpchar = PostgresType(rawValue: 1042)
  public static let varchar = PostgresType(rawValue: 1043)
  public static let date = PostgresType(rawValue: 1082)
  public static let time = PostgresType(rawValue: 1083)
  public static let timestamp = PostgresType(rawValue: 1114)
  public static let timestamptz = PostgresType(rawValue: 1184)
  public static let numeric = PostgresType(rawValue: 1700)
  public static let void = PostgresType(rawValue: 2278)
  public static let uuid = PostgresType(rawValue: 2950)
  public static let jsonb = PostgresType(rawValue: 3802)
  public static let tstzrange = PostgresType(rawValue: 3910)

  public static let boolArray = PostgresType(rawValue: 1000)
  public static let byteaArray = PostgresType(rawValue: 1001)
  public static let int2Array = PostgresType(rawValue: 1005)
  public static let int4Array = PostgresType(rawValue: 1007)
  public static let textArray = PostgresType(rawValue: 1009)
  public static let varcharArray = PostgresType(rawValue: 1015)
  public static let int8Array = PostgresType(rawValue: 1016)
  public static let float4Array = PostgresType(rawValue: 1021)
  public static let float8Array = PostgresType(rawValue: 1022)
  public static let timeArray = PostgresType(rawValue: 1183)
  public static let timestamptzArray = PostgresType(rawValue: 1185)
  public static let uuidArray = PostgresType(rawValue: 2951)

  /// Types made by extensions and by the schema (enumerations, geography) have numbers from here on.
  @inlinable public var isUserDefined: Bool { rawValue >= 16384 }

  /// Whether its binary form is its text.
  var isTextual: Bool {
    switch self {
    case .text, .varchar, .bpchar, .name, .json, .unknown, .char: true
    default: isUserDefined
    }
  }
}

extension PostgresType: CustomStringConvertible {
  private static let names: [PostgresType: String] = [
    .bool: "bool", .bytea: "bytea", .char: "char", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4", .text: "text",
    .oid: "oid", .json: "json", .float4: "float4", .float8: "float8", .unknown: "unknown", .bpchar: "char(n)",
    .varchar: "varchar", .date: "date", .time: "time", .timestamp: "timestamp", .timestamptz: "timestamptz", .numeric: "numeric",
    .void: "void", .uuid: "uuid", .jsonb: "jsonb", .tstzrange: "tstzrange", .boolArray: "bool[]", .byteaArray: "bytea[]",
    .int2Array: "int2[]", .int4Array: "int4[]", .textArray: "text[]", .varcharArray: "varchar[]", .int8Array: "int8[]",
    .float4Array: "float4[]", .float8Array: "float8[]", .timeArray: "time[]", .timestamptzArray: "timestamptz[]",
    .uuidArray: "uuid[]",
  ]

  public var description: String { PostgresType.names[self] ?? "type \(rawValue)" }
}
