import EventLoops
import PostgresClient
import Telemetry

/// Slots of earlier starts of this node. Each keeps the database's log from where it was left, so none may stay.
///
/// A start drops those from which nobody streams. From some somebody seems to: their process was killed with its machine, and the server
/// waits for it to speak; those are dropped later.
struct LeftoverSlots {
  private let options: LiveIndexOptions
  private let loop: EventLoop

  init(_ options: LiveIndexOptions, on loop: EventLoop) { (self.options, self.loop) = (options, loop) }

  /// Returns when none is left of those that were there at first, or when the task is cancelled. Slots made since are not touched: they
  /// may be another's, who is just about to stream from his.
  func drop(except mine: String) async {
    var left: Set<String>?
    while !Task.isCancelled, left?.isEmpty != true {
      do {
        left = try await dropIdle(of: left, except: mine)
        guard left?.isEmpty == false else { return }
      } catch {
        // Without a database there is nothing to drop; the feed says so.
        options.logger.debug("replication slots could not be looked at", ["reason": .public("\(error)")])
      }
      try? await loop.sleep(milliseconds: IndexKeeperLimits.leftoverLookMilliseconds)
    }
  }

  /// Gives those that somebody streams from.
  @discardableResult
  func dropIdle(of known: Set<String>? = nil, except mine: String) async throws -> Set<String> {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      var left: Set<String> = []
      let slots = try await replication.slots(prefix: options.slotPrefix + "_")
      // Looked at behind the slots: a file is there before the slot that it names.
      let kept = await options.slotsOfKeptFiles()
      for slot in slots where slot.name != mine && !kept.contains(slot.name) {
        guard known?.contains(slot.name) != false else { continue }
        if !slot.isActive, try await replication.dropSlot(slot.name) {
          options.logger.info("dropped a replication slot that nobody used", ["slot": .public(slot.name)])
        } else {
          left.insert(slot.name)
        }
      }
      await replication.close()
      return left
    } catch {
      await replication.close()
      throw error
    }
  }
}
