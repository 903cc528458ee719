/// Every bound of this module, with its reason.
public enum TelemetryLimits {
  /// A message longer than this is a dump, not a message; the rest is cut and marked.
  public static let messageBytes = 4_096
  /// A field longer than this hides the line's other fields in every log viewer.
  public static let fieldBytes = 2_048
  /// The memory one huge line may leave behind in the shared line buffer.
  public static let retainedLineBytes = 16_384

  /// Identical warnings or errors printed in one window; the rest are counted. Twenty show the pattern, a thousand hide the cause.
  public static let repeatsInWindow = 20
  public static let repeatWindowMilliseconds: UInt64 = 5_000
  /// Distinct repeated messages followed at once; a collision only resets a count.
  public static let repeatSlots = 256

  /// How long a log line may wait for a stalled reader before it is dropped: a loop tick, since a loop may be the one writing.
  public static let sinkWaitMilliseconds: Int32 = 10

  /// Series of one metric family; past it, values are added to a series whose labels are all `other`. Prometheus slows long before 1,000.
  public static let seriesInFamily = 200
  /// Copies of one counter, each on its own cache line; more threads than this share.
  public static let counterShards = 8

  /// W3C Trace Context: at most 32 members; 512 characters are the least a participant must carry on, and the most we do.
  public static let traceStateMembers = 32
  public static let traceStateBytes = 512
  /// OpenTelemetry's own default is 128; a span of ours that needs more than 64 attributes is a log.
  public static let spanAttributes = 64
  public static let spanAttributeBytes = 1_024
  /// Finished spans waiting for the exporter: about 1 MB at the usual size.
  public static let queuedSpans = 4_096
}
