public import Calendars
public import WebAPI

/// Somebody who serves a provider's customers.
public struct StaffMember: Sendable {
  public let id: Identifier
  public let name: Localized
  /// The number in the index's calendars.
  public let row: Int

  public init(id: Identifier, name: Localized, row: Int) {
    self.id = id
    self.name = name
    self.row = row
  }
}

/// Who is behind the numbers of the index's calendars, and by which clocks they live, at the position of the index beside it. A value that
/// never changes; whoever keeps the index gives it.
public protocol StaffSource: Sendable {
  /// Who can be booked, in the order in which people see them.
  func staff(of provider: Identifier) -> [StaffMember]
  /// The clock of a market; nil where it is not known.
  func zone(ofMarket id: String) -> Zone?
}

/// For an index without calendars.
public struct NoStaff: StaffSource {
  public init() {}
  public func staff(of provider: Identifier) -> [StaffMember] { [] }
  public func zone(ofMarket id: String) -> Zone? { nil }
}
