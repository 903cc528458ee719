public import Bytes
import JSON

/// The labelled set: each question with the numbers of the providers that answer it, by grade.
public struct GoldenLabels: Sendable {
  public struct Line: Sendable {
    public let question: GoldenQuestion
    /// Numbers of providers, ascending, from grade 1 to grade 3.
    public let byGrade: [[Int]]
  }

  public let lines: [Line]

  /// Judges every question over the market's providers. Fails for one that nobody answers, or that names what there is not.
  public init(_ questions: [GoldenQuestion], market: DemoMarket, providers: [MadeProvider]) throws {
    var seen: Set<String> = []
    var lines: [Line] = []
    var unanswered: [String] = []
    for question in questions {
      guard seen.insert(question.id).inserted else { throw DemoMarketError(path: question.id, reason: "is there twice") }
      let strangers = question.strangers(in: market)
      guard strangers.isEmpty else {
        throw DemoMarketError(path: question.id, reason: "the market has no \(strangers.joined(separator: ", "))")
      }
      var byGrade: [[Int]] = [[], [], []]
      for provider in providers {
        let grade = question.grade(of: provider)
        if grade > 0 { byGrade[grade - 1].append(provider.number) }
      }
      if byGrade[2].isEmpty { unanswered.append("\(question.id), \(question.text)") }
      lines.append(Line(question: question, byGrade: byGrade))
    }
    guard unanswered.isEmpty else {
      throw DemoMarketError(path: "", reason: "nobody answers \(unanswered.joined(separator: "; "))")
    }
    self.lines = lines
  }

  /// One line of JSON each: `{"id":"…","class":"…","q":"…","grades":{"3":[17,204],"1":[9]}}`.
  public func append(to buffer: inout ByteBuffer) {
    for line in lines {
      buffer.beginObject()
      buffer.member("id", line.question.id)
      buffer.member("class", line.question.queryClass)
      buffer.member("q", line.question.text)
      if let place = line.question.place {
        buffer.member("lat", place.lat)
        buffer.member("lon", place.lon)
      }
      buffer.beginObject("grades")
      for grade in [3, 2, 1] where !line.byGrade[grade - 1].isEmpty {
        buffer.key(escaped: "\(grade)")
        line.byGrade[grade - 1].writeJSON(to: &buffer)
      }
      buffer.endObject()
      buffer.endObject()
      buffer.append(byte: UInt8(ascii: "\n"))
    }
  }
}
