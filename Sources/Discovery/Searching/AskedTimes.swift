import AvailabilityIndex
import ProviderIndex
import WebAPI

/// When somebody has to be free, as a search asks for it. Slots are quarters of an hour of UTC: one window means the same everywhere.
struct AskedTimes {
  /// The first slot that has not begun: nobody comes in the past.
  let next: Int
  /// `available_from` to `available_to`, from now on.
  private let window: SlotWindow?
  private let isHot: Bool
  private let isSoonest: Bool
  /// How long a visit takes.
  private let slots: Int

  init(_ search: SearchParameters, minutes: Int?, now: Instant) {
    let next = Self.firstSlot(notBefore: now)
    self.next = next
    window = search.availableFrom.flatMap { from in
      search.availableTo.map { to in
        SlotWindow(from: max(Self.firstSlot(notBefore: from), next), to: Self.slot(of: to))
      }
    }
    isHot = search.hot
    isSoonest = search.order == .soonest
    slots = max(1, ((minutes ?? 1) + Self.slotMinutes - 1) / Self.slotMinutes)
  }

  /// What all of it comes to; nil where no times are asked for.
  var when: ProviderQuery.When? { when(window: window, isHot: isHot, slots: slots) }

  /// For who is asked when he is free, and no more.
  var fromNowOn: ProviderQuery.When {
    ProviderQuery.When(window: SlotWindow(from: next, to: Self.end(from: next)), slots: slots)
  }

  // What is left of it without one of them, for who says what emptied an answer.

  func withoutHot(_ when: ProviderQuery.When?) -> ProviderQuery.When? {
    self.when(window: when?.window == self.when?.window ? window : nil, isHot: false, slots: when?.slots ?? slots)
  }

  func withoutWindow(_ when: ProviderQuery.When?) -> ProviderQuery.When? {
    self.when(window: nil, isHot: isHot, slots: when?.slots ?? slots)
  }

  func withoutDuration(_ when: ProviderQuery.When?) -> ProviderQuery.When? {
    when.map { ProviderQuery.When(window: $0.window, slots: 1) }
  }

  private func when(window: SlotWindow?, isHot: Bool, slots: Int) -> ProviderQuery.When? {
    guard window != nil || isHot || isSoonest else { return nil }
    let from = max(window?.from ?? next, next)
    var to = window?.to ?? Self.end(from: next)
    if isHot { to = min(to, next + DiscoveryLimits.hotSlots) }
    return ProviderQuery.When(window: SlotWindow(from: from, to: to), slots: slots)
  }

  /// Where what can be asked for ends.
  private static func end(from slot: Int) -> Int { slot + DiscoveryLimits.calendarDays * AvailabilityLimits.slotsPerDay }

  // MARK: Instants and slots

  static let slotMinutes = 1_440 / AvailabilityLimits.slotsPerDay
  private static let slotMicroseconds = Int64(slotMinutes) * 60_000_000

  /// The slot that an instant lies in.
  static func slot(of instant: Instant) -> Int {
    let microseconds = instant.unixMicroseconds
    return Int(microseconds / slotMicroseconds) - (microseconds % slotMicroseconds < 0 ? 1 : 0)
  }

  /// A visit begins on a quarter of an hour, and not before it may.
  static func firstSlot(notBefore instant: Instant) -> Int {
    slot(of: instant) + (instant.unixMicroseconds % slotMicroseconds == 0 ? 0 : 1)
  }

  /// Whether calendars reach so far.
  static func isWithinCalendars(_ instant: Instant, now: Instant) -> Bool {
    instant.unixMicroseconds <= now.unixMicroseconds + Int64(DiscoveryLimits.calendarDays) * 86_400_000_000
  }

  static let calendarRange = Localized(
    en: "at most \(DiscoveryLimits.calendarDays) days from now: calendars go no further",
    ar: "خلال \(DiscoveryLimits.calendarDays) يومًا من الآن: لا تمتد التقاويم أبعد من ذلك")
}
