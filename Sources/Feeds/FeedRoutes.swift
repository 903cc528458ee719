import HTTPServer
import JSON
import Telemetry
public import WebAPI

extension AvailabilityFeed {
  /// Of whoever may tell what is taken; it may be confined to sources.
  private static let permission = "feed.write"

  /// The routes of feeds from outside.
  public func routes() -> [Route] {
    [
      Route.post(
        "/api/v1/feeds/availability", "Take in busy and free times", permission: .named(Self.permission), tags: ["Feeds"]
      )
      .about(
        """
        A stream of lines of any length, each one JSON object of at most \(FeedLimits.lineBytes) bytes: what a source says about one stretch of \
        time of a provider or of one of its staff. Lines are applied as they come, in portions; what was applied stays, whatever becomes of the stream.

        Each source numbers its lines upwards, by one. A number that was taken is passed over and counted as repeated, so a stream that broke \
        off is sent again from any earlier line. Numbers that were left out are told as gaps. A line that comes after a later one of its source \
        was taken is refused (`late`): its sender says it again under a new number.

        A line that is wrong is refused with what is wrong, and the others are taken. `free` takes back what the same source said of the same \
        calendar: of the provider as a whole, or of that staff member.

        A key may be confined to sources. A line of another one ends the stream with a 403, whose `details` name the `line`, its `source` and the \
        `allowed_sources`: what came before it has been applied, nothing from it on.

        After a 403 of that kind, as after a 503, `details` tell what had been applied.
        """
      )
      .bodyLimit(.max)
      .streamedLines(of: AvailabilityLine.self) { (call: Call, _: NoInput) in try await self.take(call) }
    ]
  }

  private func take(_ call: Call) async throws -> FeedAnswer {
    let run = begin(sources: call.principal?.confinements[Self.permission])
    do {
      if let body = call.request.bodyStream {
        for try await bytes in body { try await run.take(bytes) }
      }
      return FeedAnswer(try await run.finish(), in: call.language)
    } catch {
      call.logger.notice(
        "a feed was broken off",
        [
          "reason": .public("\(error)"), "applied": .int(run.report.applied), "repeated": .int(run.report.repeated),
          "refused": .int(run.report.refusedCount),
        ])
      throw AvailabilityFeed.failure(error, FeedAnswer(run.report, in: call.language))
    }
  }

  /// What the sender is told, who may send the same lines again in any case.
  private static func failure(_ error: any Error, _ soFar: FeedAnswer) -> any Error {
    // The client has gone or was answered already: nobody reads this.
    if error is RequestBodyError { return APIError(.badRequest) }
    if let foreign = error as? ForeignSource { return refusal(foreign, soFar) }
    guard let known = (error as? any APIErrorConvertible)?.apiError, known.code == .unavailable else { return error }
    return APIError(known.code, reason: known.reason, retryAfterSeconds: known.retryAfterSeconds) { details in
      soFar.writeMembers(to: &details)
    }
  }

  private static func refusal(_ foreign: ForeignSource, _ soFar: FeedAnswer) -> APIError {
    let allowed = foreign.allowed.joined(separator: ", ")
    let reason = Localized(
      en: "Line \(foreign.line) is of the source \(foreign.source); this key may write \(allowed) alone.",
      ar: "السطر \(foreign.line) من المصدر \(foreign.source)، وهذا المفتاح لا يكتب إلا باسم \(allowed).")
    return APIError(.forbidden, reason: reason) { details in
      details.member("line", foreign.line)
      details.member("source", foreign.source)
      details.member("allowed_sources", foreign.allowed)
      soFar.writeMembers(to: &details)
    }
  }
}
