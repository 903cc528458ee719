/// Bounds of this module, each with its reason.
public enum CalendarsLimits {
  /// Bytes of a zone's file: the largest that are published have under 4,000.
  public static let zoneFileBytes = 1 << 16
  /// Seconds that a clock may be off Greenwich (RFC 9636).
  static let offsetSeconds = -89_999...93_599
  /// The yearly rule of a zone is spelled out up to this year. Nobody makes an appointment later.
  static let lastYear = 2_199
}
