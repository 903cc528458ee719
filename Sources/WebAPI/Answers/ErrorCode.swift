public import HTTPServer

/// A kind of failure a client can act on: a stable name, a status, and what people are told.
/// Features add their own beside the ones every API has.
public struct ErrorCode: Sendable, Equatable {
  public let name: String
  public let status: HTTPStatus
  public let message: Localized

  public init(_ name: String, _ status: HTTPStatus, en: String, ar: String) {
    self.name = name
    self.status = status
    message = Localized(en: en, ar: ar)
  }

  public static let badRequest = ErrorCode(
    "BAD_REQUEST", .badRequest, en: "The request is not well formed.", ar: "الطلب غير سليم.")
  public static let validation = ErrorCode(
    "VALIDATION_ERROR", .badRequest, en: "Some fields are not valid.", ar: "بعض الحقول غير صالحة.")
  public static let unauthorized = ErrorCode(
    "UNAUTHORIZED", .unauthorized, en: "Sign in to do this.", ar: "سجّل الدخول للقيام بذلك.")
  public static let forbidden = ErrorCode(
    "FORBIDDEN", .forbidden, en: "You are not allowed to do this.", ar: "لا تملك صلاحية القيام بذلك.")
  public static let notFound = ErrorCode(
    "NOT_FOUND", .notFound, en: "There is nothing at this address.", ar: "لا يوجد شيء في هذا العنوان.")
  public static let methodNotAllowed = ErrorCode(
    "METHOD_NOT_ALLOWED", .methodNotAllowed, en: "This address does not accept that method.",
    ar: "هذا العنوان لا يقبل هذه العملية.")
  public static let timeout = ErrorCode(
    "REQUEST_TIMEOUT", .requestTimeout, en: "The request took too long to arrive.", ar: "استغرق وصول الطلب وقتًا طويلًا.")
  public static let conflict = ErrorCode(
    "CONFLICT", .conflict, en: "This conflicts with the current state.", ar: "يتعارض هذا مع الحالة الحالية.")
  public static let idempotencyMismatch = ErrorCode(
    "IDEMPOTENCY_MISMATCH", .conflict, en: "This Idempotency-Key was used with another request.",
    ar: "استُخدم مفتاح Idempotency-Key هذا مع طلب آخر.")
  public static let tooLarge = ErrorCode(
    "PAYLOAD_TOO_LARGE", .contentTooLarge, en: "The request is too large.", ar: "الطلب أكبر من المسموح.")
  public static let addressTooLong = ErrorCode(
    "URI_TOO_LONG", .uriTooLong, en: "The address is too long.", ar: "العنوان أطول من المسموح.")
  public static let unsupportedMediaType = ErrorCode(
    "UNSUPPORTED_MEDIA_TYPE", .unsupportedMediaType, en: "The body must be sent as application/json.",
    ar: "يجب إرسال المحتوى بصيغة application/json.")
  public static let unprocessable = ErrorCode(
    "UNPROCESSABLE", .unprocessableContent, en: "The request cannot be carried out as it is.",
    ar: "لا يمكن تنفيذ الطلب بصورته الحالية.")
  public static let upgradeRequired = ErrorCode(
    "UPGRADE_REQUIRED", .upgradeRequired, en: "This address speaks WebSocket only.", ar: "هذا العنوان يعمل عبر WebSocket فقط.")
  public static let rateLimited = ErrorCode(
    "RATE_LIMIT_EXCEEDED", .tooManyRequests, en: "Too many requests; try again shortly.",
    ar: "طلبات كثيرة جدًا؛ حاول مرة أخرى بعد قليل.")
  public static let headersTooLarge = ErrorCode(
    "HEADERS_TOO_LARGE", .headerFieldsTooLarge, en: "The request's headers are too large.", ar: "ترويسات الطلب أكبر من المسموح.")
  public static let internalError = ErrorCode(
    "INTERNAL_ERROR", .internalServerError, en: "Something went wrong on our side.", ar: "حدث خطأ من جانبنا.")
  public static let unavailable = ErrorCode(
    "SERVICE_UNAVAILABLE", .serviceUnavailable, en: "The service is busy; try again shortly.",
    ar: "الخدمة مشغولة؛ حاول مرة أخرى بعد قليل.")

  static let general: [ErrorCode] = [
    badRequest, validation, unauthorized, forbidden, notFound, methodNotAllowed, timeout, conflict, idempotencyMismatch, tooLarge,
    addressTooLong, unsupportedMediaType, unprocessable, upgradeRequired, rateLimited, headersTooLarge, internalError,
    unavailable,
  ]

  /// The code for a status that came from below, where nothing more is known.
  static func of(_ status: HTTPStatus) -> ErrorCode {
    if status.code == 400 { return badRequest }
    if let known = general.first(where: { $0.status == status }) { return known }
    let message = status.code < 500 ? badRequest.message : internalError.message
    let name = "\(status.reasonPhrase)".uppercased().map { $0.isLetter ? $0 : "_" }
    return ErrorCode(String(name), status, en: message.en, ar: message.ar)
  }
}
