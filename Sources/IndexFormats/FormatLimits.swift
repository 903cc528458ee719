/// Bounds of what is read, each with its reason.
public enum FormatLimits {
  /// The largest provider the index takes (1,000 services with two names each) has a few hundred kilobytes.
  public static let lineBytes = 4 << 20
  /// Sixteen words of the longest the index keeps, in any script; what is longer was pasted by mistake.
  public static let queryTextBytes = 2_048
  /// A profile is a page of numbers.
  public static let profileBytes = 64 << 10
  /// Of a value that a message shows, so that a line of a megabyte is not printed back.
  static let shownCharacters = 60
}
