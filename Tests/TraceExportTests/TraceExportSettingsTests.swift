import HTTPClient
import Testing

@testable import TraceExport

@Suite struct TraceExportSettingsTests {
  private func make(
    endpoint: String = "http://h:4318", traces: String? = nil, headers: String = "", resource: String = ""
  ) throws(TraceExportSettingsError) -> TraceExportSettings {
    try TraceExportSettings(
      endpoint: endpoint, tracesEndpoint: traces, headers: headers, serviceName: "qareeb", serviceVersion: "1",
      resourceAttributes: resource)
  }

  @Test(arguments: [
    ("http://h:4318", nil as String?, "http://h:4318/v1/traces"), ("http://h:4318/", nil, "http://h:4318/v1/traces"),
    ("https://h/base//", nil, "https://h/base/v1/traces"), ("http://h", "https://t/as/it/is", "https://t/as/it/is"),
    ("", "http://t/", "http://t/"),
  ])
  func theAddressFollowsTheSpecification(endpoint: String, traces: String?, address: String) throws {
    #expect(try make(endpoint: endpoint, traces: traces).address == address)
  }

  @Test func headersAndAttributesAreDecoded() throws {
    let settings = try make(headers: "Authorization=Bearer%20a%3Db, x-team = core ", resource: "service.name=api,zone=%D8%B9")
    #expect(settings.headers.map(\.name) == ["Authorization", "x-team"])
    #expect(settings.headers.map(\.value) == ["Bearer a=b", "core"])
    #expect(settings.resource.map { "\($0.key)=\($0.value)" } == ["service.version=1", "service.name=api", "zone=ع"])
  }

  @Test func wrongSettingsAreNamedWithoutTheirValues() {
    func error(_ make: () throws(TraceExportSettingsError) -> TraceExportSettings) -> TraceExportSettingsError? {
      do throws(TraceExportSettingsError) {
        _ = try make()
        return nil
      } catch {
        return error
      }
    }
    #expect(
      error { () throws(TraceExportSettingsError) in try make(endpoint: "h:4318") }?.setting == "OTEL_EXPORTER_OTLP_ENDPOINT")
    #expect(
      error { () throws(TraceExportSettingsError) in try make(endpoint: "http://") }?.setting == "OTEL_EXPORTER_OTLP_ENDPOINT")
    #expect(
      error { () throws(TraceExportSettingsError) in try make(traces: "ftp://h") }?.setting
        == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    for headers in ["a", "=s3cret", "a=b,s3cret", "a=s3cret%", "a=s3cret%zz", "a=s3cret%ff", "a=%+1"] {
      let found = error { () throws(TraceExportSettingsError) in try make(headers: headers) }
      #expect(found?.setting == "OTEL_EXPORTER_OTLP_HEADERS")
      #expect(found?.description.contains("s3cret") == false)
    }
    #expect(error { () throws(TraceExportSettingsError) in try make(resource: "x") }?.setting == "OTEL_RESOURCE_ATTRIBUTES")
  }
}
