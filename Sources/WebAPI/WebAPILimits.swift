/// Every bound of this module, with its reason.
public enum WebAPILimits {
  /// A query has more parameters than this only by mistake or malice; each one is looked at for each declared parameter.
  public static let queryParameters = 64
  /// No parameter of ours is longer; the server bounds the whole target before.
  public static let queryBytes = 8 << 10
  /// A double needs at most 24 characters, a 64-bit integer 20. Longer ones are refused, not rounded.
  public static let numberBytes = 32
  /// Problems reported in one answer; a body of a million bad elements must not be answered with a million lines.
  public static let reportedProblems = 50
  /// What is repeated of a wrong value: enough to recognise it, too little to carry an essay into logs.
  public static let givenCharacters = 64
  /// JSON bodies, unless the configuration or a route says otherwise. Uploads are streamed; their routes state their own limits.
  public static let bodyBytes = 1 << 20
  /// Deeper than any route; bounds the matcher's recursion.
  public static let pathSegments = 24
  /// A request id given by the caller is repeated in headers, answers and logs: 8 to 64 characters tell requests apart.
  public static let requestIDBytes = 8...64
  /// Ranges in Accept-Language past this many change nothing a person would notice.
  public static let languageRanges = 16
  /// Hops read in X-Forwarded-For, from the nearest on.
  public static let forwardedHops = 16
  /// Loops one API can serve: a slot each, so that a loop finds its own without a lock.
  public static let loops = 256
  /// Calls kept for reuse by a loop; more than that in flight are freed.
  public static let idleCallsPerLoop = 64
  /// Memory a reused call may keep.
  public static let keptBytesPerCall = 16 << 10
  /// Addresses and principals a rate limiter remembers: 16 bytes each, so 1 MiB whatever happens.
  public static let rateLimiterEntries = 1 << 16
}
