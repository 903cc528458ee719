import Bytes
import JSON

/// What every answer says about itself.
struct AnswerMeta {
  var now: Instant
  var requestID: RequestID
  var version: String
  var nextCursor: String?
}

/// The frame around every answer: `{"success":…,"data":…,"meta":…}`.
enum Envelope {
  static func begin(_ buffer: inout ByteBuffer) {
    buffer.append("{\"success\":true,\"data\":" as StaticString)
  }

  /// - Parameter more: members that the route adds to `meta`.
  static func end(_ buffer: inout ByteBuffer, _ meta: AnswerMeta, more: borrowing ByteBuffer) {
    begin(meta, &buffer)
    if !more.isEmpty {
      buffer.separate()
      buffer.append(contentsOf: more)
    }
    buffer.append("}}" as StaticString)
  }

  static func failure(_ buffer: inout ByteBuffer, _ error: APIError, _ language: Language, _ meta: AnswerMeta) {
    buffer.append("{\"success\":false,\"error\":{" as StaticString)
    buffer.member("code", error.code.name)
    buffer.member("message", (error.reason ?? error.code.message)[language])
    buffer.beginObject("details")
    error.details?(&buffer)
    if !error.problems.isEmpty {
      buffer.beginArray("fields")
      for problem in error.problems.list { problem.write(in: language, to: &buffer) }
      buffer.endArray()
      if !error.problems.isComplete { buffer.member("is_complete", false) }
    }
    buffer.endObject()
    buffer.endObject()
    write(meta, &buffer)
    buffer.endObject()
  }

  private static func write(_ meta: AnswerMeta, _ buffer: inout ByteBuffer) {
    begin(meta, &buffer)
    buffer.endObject()
  }

  private static func begin(_ meta: AnswerMeta, _ buffer: inout ByteBuffer) {
    buffer.append(",\"meta\":{" as StaticString)
    buffer.member("timestamp", meta.now)
    buffer.key("request_id")
    meta.requestID.writeJSON(to: &buffer)
    buffer.member("version", meta.version)
    buffer.memberIfPresent("next_cursor", meta.nextCursor)
  }
}
