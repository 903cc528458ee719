import Foundation

/// One answer, looked at before a route is measured: a fast wrong answer must not win.
public struct Answer {
  public let status: Int
  public let fields: [String: String]
  public let body: String

  public static func fetch(_ url: String) throws -> Answer {
    let text = try Command("curl", ["--silent", "--show-error", "--include", "--max-time", "10", url]).output()
    guard let answer = Answer(text) else { throw BenchError("\(url) did not answer in HTTP:\n\(text)") }
    return answer
  }

  init?(_ text: String) {
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
    self.status = status
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingPrefix(" ").description
    }
    self.fields = fields
    body = String(text[end.upperBound...])
  }

  /// 200 with the fields that every contestant must send; nil when it is so.
  public func problem(expectedBody: String? = nil) -> String? {
    if status != 200 { return "status \(status)" }
    if fields["content-type"] != "application/json" { return "no Content-Type: application/json" }
    if fields["date"] == nil { return "no Date" }
    if fields["content-length"] != String(body.utf8.count) { return "no Content-Length of \(body.utf8.count)" }
    if let expectedBody, expectedBody != body { return "another body than the others'" }
    return nil
  }
}
