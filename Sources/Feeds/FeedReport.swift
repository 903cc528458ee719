public import Bytes
import JSON
public import WebAPI

/// What became of a feed's lines.
public struct FeedReport: Sendable, Equatable {
  public struct Problem: Sendable, Equatable {
    /// The member that is wrong; empty for the line as a whole.
    public let field: String
    /// A stable name, for programs.
    public let code: String
    public let message: Localized
  }

  public struct RefusedLine: Sendable, Equatable {
    /// From 1.
    public let number: Int
    public let problems: [Problem]
  }

  /// Numbers that a source passed over.
  public struct Gap: Sendable, Equatable {
    public let source: String
    public let first: Int
    public let last: Int
  }

  public struct Source: Sendable, Equatable {
    public let name: String
    /// The highest number taken; what follows it comes next.
    public let lastSequence: Int
  }

  public internal(set) var applied = 0
  /// Their numbers had been taken before.
  public internal(set) var repeated = 0
  public internal(set) var refusedCount = 0
  /// The first of them.
  public internal(set) var refused: [RefusedLine] = []
  public internal(set) var gapCount = 0
  public internal(set) var missingCount = 0
  /// The first of them.
  public internal(set) var gaps: [Gap] = []
  /// By name; the first of them.
  public internal(set) var sources: [Source] = []
  /// A position of the database's log that contains everything applied; nothing before the end.
  public internal(set) var position: String?

  /// All lines but blank ones.
  public var lines: Int { applied + repeated + refusedCount }

  mutating func refuse(_ line: RefusedLine) {
    refusedCount += 1
    if refused.count < FeedLimits.reportedLines { refused.append(line) }
  }

  /// Takes in what became of a batch whose readable lines were refused, or not, before; lines are told in the order of the stream.
  mutating func add(_ plan: BatchPlan) {
    applied += plan.applied
    repeated += plan.repeated
    for gap in plan.gaps {
      gapCount += 1
      missingCount += gap.last - gap.first + 1
      if gaps.count < FeedLimits.reportedGaps { gaps.append(gap) }
    }
    for (name, progress) in plan.progress.sorted(by: { $0.key < $1.key }) {
      guard let last = progress.last else { continue }
      let source = Source(name: name, lastSequence: last)
      if let known = sources.firstIndex(where: { $0.name == name }) {
        sources[known] = source
      } else if sources.count < FeedLimits.reportedSources {
        sources.append(source)
      }
    }
  }
}

extension FeedReport.Problem {
  init(_ problem: FieldProblem) {
    self.init(
      field: problem.field, code: problem.code.rawValue,
      message: Localized(en: problem.message(in: .en), ar: problem.message(in: .ar)))
  }

  static let unknownProvider = FeedReport.Problem(
    field: "provider_id", code: "not_found", message: Localized(en: "is no provider", ar: "ليس مزود خدمة معروفًا"))
  static let unknownStaff = FeedReport.Problem(
    field: "staff_id", code: "not_found", message: Localized(en: "is no staff member", ar: "ليس موظفًا معروفًا"))
  static let staffOfAnother = FeedReport.Problem(
    field: "provider_id", code: "not_allowed",
    message: Localized(en: "is not the provider of that staff member", ar: "ليس مزود الخدمة لهذا الموظف"))
  static let late = FeedReport.Problem(
    field: "sequence", code: "late",
    message: Localized(
      en: "was passed over, and later lines were taken; say it again under a new number",
      ar: "جاء بعد أسطر أحدث منه؛ أعد إرساله برقم جديد"))
}

/// A report, as it is answered in somebody's language.
public struct FeedAnswer: Answer {
  public let report: FeedReport
  public let language: Language

  public init(_ report: FeedReport, in language: Language) { (self.report, self.language) = (report, language) }

  public static var schema: Schema {
    .component("FeedReport") {
      .object([
        .init("lines", .integer.about("Lines read, without blank ones: applied, repeated and refused.").example("1000")),
        .init("applied", .integer.about("Lines that were taken.").example("993")),
        .init("repeated", .integer.about("Lines whose number their source had used before; they changed nothing.").example("5")),
        .init("refused", refusedSchema),
        .init("gaps", gapsSchema),
        .init("sources", .array(of: sourceSchema)),
        .init(
          "position",
          .text.about("A position of the log that contains all that was applied: for `min_position` of searches.").orNull()
            .example("\"16/B374D848\"")),
      ])
    }
  }

  private static var refusedSchema: Schema {
    .object([
      .init("count", .integer.about("How many in all. Their numbers are used up: what is mended is sent under new ones.")),
      .init(
        "lines",
        .array(
          of: .object([
            .init("line", .integer.about("Its place in the body, from 1.")),
            .init(
              "problems",
              .array(
                of: .object([
                  .init("field", .text.about("The member; empty for the line as a whole.")),
                  .init("code", .text.about("What is wrong, for programs.")),
                  .init("message", .text.about("What is wrong, in the language of the answer.")),
                ]))),
          ])
        ).about("The first \(FeedLimits.reportedLines) of them.")),
    ])
  }

  private static var gapsSchema: Schema {
    .object([
      .init("count", .integer.about("How often a source passed numbers over in this stream.")),
      .init("missing", .integer.about("How many numbers that were.")),
      .init(
        "list",
        .array(of: .object([.init("source", .text), .init("first", .integer), .init("last", .integer)])).about(
          "The first \(FeedLimits.reportedGaps) of them.")),
    ])
  }

  private static var sourceSchema: Schema {
    .object([
      .init("source", .text),
      .init("last_sequence", .integer.about("The highest number taken of it; the next one goes on from here.")),
    ])
  }

  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.beginObject()
    writeMembers(to: &buffer)
    buffer.endObject()
  }

  /// Also what the details of a failure tell of a feed that was broken off.
  func writeMembers(to buffer: inout ByteBuffer) {
    buffer.member("lines", report.lines)
    buffer.member("applied", report.applied)
    buffer.member("repeated", report.repeated)
    buffer.beginObject("refused")
    buffer.member("count", report.refusedCount)
    buffer.beginArray("lines")
    for line in report.refused { write(line, to: &buffer) }
    buffer.endArray()
    buffer.endObject()
    buffer.beginObject("gaps")
    buffer.member("count", report.gapCount)
    buffer.member("missing", report.missingCount)
    buffer.beginArray("list")
    for gap in report.gaps {
      buffer.beginObject()
      buffer.member("source", gap.source)
      buffer.member("first", gap.first)
      buffer.member("last", gap.last)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
    buffer.beginArray("sources")
    for source in report.sources {
      buffer.beginObject()
      buffer.member("source", source.name)
      buffer.member("last_sequence", source.lastSequence)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.member("position", report.position)
  }

  private func write(_ line: FeedReport.RefusedLine, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("line", line.number)
    buffer.beginArray("problems")
    for problem in line.problems {
      buffer.beginObject()
      buffer.member("field", problem.field)
      buffer.member("code", problem.code)
      buffer.member("message", problem.message[language])
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
  }
}
