import IndexKeeper
import PostgresClient
import Terminal

/// A replication slot of ours, as the server tells of it.
struct SlotFacts: Sendable {
  let name: String
  let isActive: Bool
  /// `reserved`, `extended`, `unreserved` or `lost`.
  let logState: String
  /// Log that the server keeps for it, and log that its follower has not confirmed.
  let heldBytes: Int
  let behindBytes: Int
  /// What may still be written before it is lost; nil without a bound.
  let safeBytes: Int?
}

extension DatabaseChecks {
  private static let slotsQuery = PreparedQuery(
    """
    SELECT slot_name::text, active, coalesce(wal_status, 'lost'),
      coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
      coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint, safe_wal_size
    FROM pg_catalog.pg_replication_slots
    WHERE slot_type = 'logical' AND database = current_database() AND starts_with(slot_name, 'qareeb_') ORDER BY 1
    """)

  func slots() async throws -> Finding {
    let slots = try await database.query(Self.slotsQuery).map { row in
      let (name, isActive, state, held, behind, safe) = try row.decode(
        String.self, Bool.self, String.self, Int.self, Int.self, Int?.self)
      return SlotFacts(
        name: name, isActive: isActive, logState: state, heldBytes: held, behindBytes: behind, safeBytes: safe)
    }
    return Self.judge(slots)
  }

  /// The worst of them decides; all are told.
  static func judge(_ slots: [SlotFacts]) -> Finding {
    guard !slots.isEmpty else {
      return .ok("slots", "none in this database: no node has made an index yet")
    }
    let told = slots.map { slot in
      """
      \(slot.name) (\(slot.isActive ? "followed" : "not followed"), \(slot.logState), \(bytesText(slot.behindBytes)) behind, \
      keeps \(bytesText(slot.heldBytes)) of log)
      """
    }.joined(separator: "; ")
    let figures = [
      Finding.Figure(name: "slots", value: slots.count),
      Finding.Figure(name: "held_bytes", value: slots.map(\.heldBytes).max() ?? 0),
      Finding.Figure(name: "behind_bytes", value: slots.map(\.behindBytes).max() ?? 0),
    ]
    if let lost = slots.first(where: { $0.logState == "lost" }) {
      return .problem(
        "slots", told,
        do: """
          \(lost.name) is lost: a node that is up makes itself a new one. One of a node that is gone for good: \
          SELECT pg_drop_replication_slot('\(lost.name)').
          """, figures)
    }
    if let urgent = slots.first(where: { $0.logState == "unreserved" || ($0.safeBytes.map { $0 <= 0 } ?? false) }) {
      return .problem(
        "slots", told, do: "\(urgent.name) will be lost with the next checkpoint: start its node, or drop it.", figures)
    }
    if let idle = slots.first(where: { !$0.isActive && Self.holdsMuch($0) }) {
      return .warning(
        "slots", told,
        do:
          "Nobody follows \(idle.name). Start its node, or, if that is gone for good, SELECT pg_drop_replication_slot('\(idle.name)').",
        figures)
    }
    if let slow = slots.first(where: Self.holdsMuch) {
      return .warning(
        "slots", told, do: "\(slow.name) holds much log: is its node busy, or a long transaction open?", figures)
    }
    return .ok("slots", told, figures)
  }

  private static func holdsMuch(_ slot: SlotFacts) -> Bool {
    guard let safe = slot.safeBytes else { return slot.heldBytes >= DoctorLimits.heldWarningBytes }
    return Double(slot.heldBytes) >= DoctorLimits.heldWarningShare * Double(slot.heldBytes + safe)
  }

  // MARK: The index file and its slot

  private static let indexSlotQuery = PreparedQuery(
    """
    SELECT pg_current_wal_lsn()::text, coalesce(wal_status, 'lost'), active, confirmed_flush_lsn::text
    FROM (SELECT) AS one
    LEFT JOIN pg_catalog.pg_replication_slots ON slot_name = $1 AND database = current_database()
    """)

  func indexSlot(_ facts: IndexFileFacts) async throws -> Finding {
    let (end, state, isActive, confirmed) = try await database.query(Self.indexSlotQuery, facts.slot).only()
      .decode(String.self, String.self, Bool?.self, String?.self)
    guard let end = LogPosition.parse(end) else { throw PostgresError(.decoding, "the end of the log is \(end)") }
    let slot = isActive.map {
      SlotOfFile(logState: state, isActive: $0, confirmed: confirmed.flatMap { LogPosition.parse($0) })
    }
    return Self.judge(facts.position, of: facts.slot, slot, endOfLog: end)
  }

  /// The slot that an index file names.
  struct SlotOfFile: Sendable {
    var logState = "reserved"
    var isActive = false
    var confirmed: UInt64?
  }

  static func judge(_ position: UInt64, of name: String, _ slot: SlotOfFile?, endOfLog: UInt64) -> Finding {
    let advice = "Nothing has to be done: the next start reads all providers from the database instead, which takes longer."
    guard let slot, slot.logState != "lost" else {
      let reason = slot == nil ? "is not in this database" : "is lost"
      return .warning("index slot", "the index file's slot \(name) \(reason)", do: advice)
    }
    // Whoever follows it may have written the file anew since we looked.
    if !slot.isActive, let confirmed = slot.confirmed, confirmed > position {
      return .warning(
        "index slot",
        "the index file is at \(LogPosition.text(position)), behind its slot (\(LogPosition.text(confirmed))): an older copy?",
        do: advice)
    }
    guard position <= endOfLog else {
      return .warning(
        "index slot",
        "the index file is at \(LogPosition.text(position)), ahead of the database (\(LogPosition.text(endOfLog))): was it restored?",
        do: "Remove the index file; the next start reads the database.")
    }
    let behind = Int(clamping: endOfLog - position)
    return .ok(
      "index slot", "the index file is \(bytesText(behind)) of log behind the database, and its slot has them",
      [Finding.Figure(name: "behind_bytes", value: behind)])
  }
}
