public import ProviderIndex

/// One state of everything that searches read: the index, what is known of the providers in it, and the names beside them, all of the
/// same position of the feed.
public struct Edition: Sendable {
  public let index: IndexSnapshot
  public let providers: any ProviderSource
  /// Who is behind the index's calendars.
  public let staff: any StaffSource
  public let directory: Directory
  /// What is suggested while somebody types. It may be a little older than the rest: counting names takes time.
  public let names: NameIndex

  public init(
    index: IndexSnapshot, providers: any ProviderSource, staff: any StaffSource = NoStaff(), directory: Directory,
    names: NameIndex
  ) {
    self.index = index
    self.providers = providers
    self.staff = staff
    self.directory = directory
    self.names = names
  }

  public var position: FeedPosition { FeedPosition(index.position) }
}

/// What tells two editions apart, without holding on to an index.
struct EditionMark: Equatable {
  private let position: FeedPosition
  private let directory: Directory
  private let names: NameIndex

  init(_ edition: Edition) { (position, directory, names) = (edition.position, edition.directory, edition.names) }

  static func == (one: EditionMark, other: EditionMark) -> Bool {
    one.position == other.position && one.directory === other.directory && one.names === other.names
  }
}
