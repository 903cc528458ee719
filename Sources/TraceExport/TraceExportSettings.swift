import HTTPClient

/// Where spans go, and how. The texts are those of OpenTelemetry's variables, in their formats.
public struct TraceExportSettings: Sendable {
  /// The full address of the collector's trace path.
  public let address: String
  let headers: [ClientHeader]
  let resource: [Attribute]

  /// Spans in one request.
  public var batchSpans = TraceExportLimits.batchSpans
  /// The longest a span waits for a batch to fill.
  public var intervalMilliseconds = TraceExportLimits.intervalMilliseconds
  /// For one request: OTEL_EXPORTER_OTLP_TIMEOUT.
  public var timeoutMilliseconds = TraceExportLimits.timeoutMilliseconds
  public var queuedSpans = TraceExportLimits.queuedSpans
  public var retry = RetryPolicy()

  struct Attribute: Sendable, Equatable {
    let key: String
    let value: String
  }

  /// - endpoint: OTEL_EXPORTER_OTLP_ENDPOINT; `/v1/traces` is added.
  /// - tracesEndpoint: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; used as it is, and preferred.
  /// - headers, resourceAttributes: OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES: `key=value,…`, percent-encoded.
  public init(
    endpoint: String, tracesEndpoint: String? = nil, headers: String = "", serviceName: String, serviceVersion: String,
    resourceAttributes: String = ""
  ) throws(TraceExportSettingsError) {
    let setting = tracesEndpoint == nil ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    var base = (tracesEndpoint ?? endpoint)[...]
    let schemes = ["http://", "https://"]
    guard let scheme = schemes.first(where: base.hasPrefix), base.dropFirst(scheme.count).first.map({ $0 != "/" }) == true else {
      throw TraceExportSettingsError(setting: setting, reason: "must be an http or https address")
    }
    if tracesEndpoint == nil {
      while base.hasSuffix("/") { base.removeLast() }
      base += "/v1/traces"
    }
    address = String(base)
    self.headers = try TraceExportSettings.pairs(headers, setting: "OTEL_EXPORTER_OTLP_HEADERS").map {
      ClientHeader($0.key, $0.value)
    }
    var resource = try TraceExportSettings.pairs(resourceAttributes, setting: "OTEL_RESOURCE_ATTRIBUTES")
    // What the variable says of the service wins over what the binary says of itself.
    for own in [Attribute(key: "service.version", value: serviceVersion), Attribute(key: "service.name", value: serviceName)]
    where !resource.contains(where: { $0.key == own.key }) {
      resource.insert(own, at: 0)
    }
    self.resource = resource
  }

  /// `key=value` by commas; the values percent-encoded. Errors never repeat a value: it may be a secret.
  private static func pairs(_ text: String, setting: String) throws(TraceExportSettingsError) -> [Attribute] {
    var pairs: [Attribute] = []
    for piece in text.split(separator: ",") {
      let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = trimmed(sides[0])
      guard sides.count == 2, !key.isEmpty else {
        throw TraceExportSettingsError(setting: setting, reason: "part \(pairs.count + 1) is not key=value")
      }
      guard let value = percentDecoded(trimmed(sides[1])) else {
        throw TraceExportSettingsError(setting: setting, reason: "the value of \(key) is not well percent-encoded")
      }
      pairs.append(Attribute(key: key, value: value))
    }
    return pairs
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private static func percentDecoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// A setting that cannot be used, by the variable's name.
public struct TraceExportSettingsError: Error, Equatable, CustomStringConvertible {
  public let setting: String
  public let reason: String

  public var description: String { "\(setting) \(reason)" }
}

/// Every default of this module, with its reason; OpenTelemetry's own where it has one.
public enum TraceExportLimits {
  public static let batchSpans = 512
  public static let intervalMilliseconds: UInt64 = 5_000
  public static let timeoutMilliseconds = 10_000
  /// Eight batches: a minute of a busy server's sampled spans, about 2 MB.
  public static let queuedSpans = 4_096
  /// The answer to an export is empty or one sentence.
  public static let responseBytes = 64 << 10
}
