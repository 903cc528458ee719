/// Lets the first few of identical warnings through in each window and counts the rest; the next one let through tells how many.
///
/// A direct-mapped table: constant memory and time. Two messages in one slot only reset each other's count.
struct RepeatLimiter {
  enum Verdict: Equatable {
    case admitted(suppressedBefore: Int)
    case suppressed
  }

  private struct Slot {
    var key = 0
    var windowStartMilliseconds: UInt64 = 0
    var seen = 0
  }

  private var slots = [Slot](repeating: Slot(), count: TelemetryLimits.repeatSlots)

  mutating func admit(label: String, level: LogLevel, message: LogMessage, unixNanoseconds: UInt64) -> Verdict {
    var hasher = Hasher()
    hasher.combine(label)
    hasher.combine(level.rawValue)
    hasher.combine(message.fingerprint)
    let key = hasher.finalize()
    let now = unixNanoseconds / 1_000_000
    let index = Int(UInt(bitPattern: key) % UInt(slots.count))

    let slot = slots[index]
    // A clock set back starts a new window: better a line too many than silence.
    let isNewWindow =
      now < slot.windowStartMilliseconds
      || now - slot.windowStartMilliseconds >= TelemetryLimits.repeatWindowMilliseconds
    guard slot.key == key, slot.seen > 0 else {
      slots[index] = Slot(key: key, windowStartMilliseconds: now, seen: 1)
      return .admitted(suppressedBefore: 0)
    }
    if isNewWindow {
      slots[index] = Slot(key: key, windowStartMilliseconds: now, seen: 1)
      return .admitted(suppressedBefore: max(0, slot.seen - TelemetryLimits.repeatsInWindow))
    }
    slots[index].seen += 1
    return slot.seen < TelemetryLimits.repeatsInWindow ? .admitted(suppressedBefore: 0) : .suppressed
  }
}
