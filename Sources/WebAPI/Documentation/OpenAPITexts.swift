import Bytes
import JSON

/// The parts of the OpenAPI document that are the same whatever the routes are.
enum OpenAPITexts {
  static let introduction = """
    JSON over HTTP, UTF-8, names in `snake_case`.

    **Answers** are framed: `{"success":true,"data":…,"meta":…}`. Lists add `meta.next_cursor`; pass it as `cursor` for the next page.

    **Failures** are framed too: `{"success":false,"error":{"code","message","details"},"meta":…}`. `code` is stable and meant for \
    programs; `message` is meant for people and comes in English or Arabic, as `Accept-Language` asks \
    (`رسائل الخطأ متاحة بالعربية والإنجليزية`). `details.fields` names each wrong field, what was expected and what was given.

    **Names of requests**: send `X-Request-Id` to choose one, find it in the answer's header and `meta.request_id`. \
    W3C `traceparent` is continued.

    **Rate limits** are counted by signed-in user or API key, otherwise by address: see `RateLimit-Limit`, `RateLimit-Remaining`, \
    `RateLimit-Reset`, and `Retry-After` with 429.
    """

  static var metaMembers: [Schema.Property] {
    [
      Schema.Property("timestamp", Instant.schema.about("When the request came.")),
      Schema.Property("request_id", Schema.text.about("The request's name, also in `X-Request-Id`.")),
      Schema.Property("version", Schema.text.about("The version that answered.")),
      Schema.Property(
        "next_cursor", Schema.text.about("Where the next page begins; absent on the last page."), isRequired: false),
    ]
  }

  static let envelopeSchemas: [(name: String, content: @Sendable () -> Schema)] = [
    (
      "Meta",
      {
        .object(metaMembers)
      }
    ),
    (
      "Failure",
      {
        .object([
          Schema.Property("success", .boolean.about("Always false.")),
          Schema.Property("error", .component("Error") { errorSchema }),
          Schema.Property("meta", .component("Meta", envelopeSchemas[0].content)),
        ])
      }
    ),
  ]

  private static var errorSchema: Schema {
    .object([
      Schema.Property("code", Schema.text.about("Stable; for programs.").example("\"VALIDATION_ERROR\"")),
      Schema.Property("message", Schema.text.about("For people, in the language of the answer.")),
      Schema.Property(
        "details",
        Schema.object([
          Schema.Property(
            "fields", Schema.array(of: FieldProblem.schema).about("What is wrong with each field."), isRequired: false)
        ]).about("What is needed to go on; differs by code.")),
    ])
  }

  /// What is not understood in a header of these is ignored, never refused; so no schema says how it must look.
  static func writeParameters(_ buffer: inout ByteBuffer) {
    buffer.beginObject("parameters")
    write(
      "AcceptLanguage", "Accept-Language",
      "The language of messages: `ar` or `en`, with qualities. Anything else gets the standard one.",
      Schema.text.example("\"ar, en;q=0.8\""), &buffer)
    write(
      "XRequestId", "X-Request-Id",
      "A name for this request, 8 to 64 letters, digits, `-`, `_` or `.`; one is made up otherwise.",
      .text, &buffer)
    write(
      "IdempotencyKey", "Idempotency-Key",
      "Names the request, so that sending it again has no further effect: the same key and body give the same answer for 30 days, "
        + "another body with the same key is refused with 409.", IdempotencyKey.rule.schema, &buffer)
    write(
      "IfNoneMatch", "If-None-Match", "The `ETag` of the state at hand; answered with 304 when it still holds.",
      .text, &buffer)
    buffer.endObject()
  }

  private static func write(
    _ key: StaticString, _ name: StaticString, _ about: String, _ schema: Schema, _ buffer: inout ByteBuffer
  ) {
    buffer.beginObject(key)
    buffer.member("name", text: name)
    buffer.member("in", text: "header")
    buffer.member("description", about)
    buffer.member("required", false)
    buffer.key("schema")
    var writer = SchemaWriter()
    writer.write(schema, to: &buffer)
    buffer.endObject()
  }

  static func writeHeaders(_ buffer: inout ByteBuffer) {
    buffer.beginObject("headers")
    write("XRequestId", "The name of the request, to quote when asking for help.", .text, &buffer)
    write("RateLimitLimit", "Requests allowed in the current window.", .integer, &buffer)
    write("RateLimitRemaining", "Requests left of them.", .integer, &buffer)
    write("RateLimitReset", "Seconds until all of them are allowed again.", .integer, &buffer)
    write("RetryAfter", "Seconds to wait before trying again.", .integer, &buffer)
    write("ETag", "Names the state of what was answered; for `If-None-Match`.", .text, &buffer)
    buffer.endObject()
  }

  private static func write(_ key: StaticString, _ about: String, _ schema: Schema, _ buffer: inout ByteBuffer) {
    buffer.beginObject(key)
    buffer.member("description", about)
    buffer.key("schema")
    var writer = SchemaWriter()
    writer.write(schema, to: &buffer)
    buffer.endObject()
  }
}
