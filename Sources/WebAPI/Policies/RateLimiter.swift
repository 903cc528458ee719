import Synchronization

/// The group of routes that share one allowance.
public struct RateLimitClass: Hashable, Sendable {
  public let name: String

  public init(_ name: String) { self.name = name }

  /// Ordinary routes.
  public static let standard = RateLimitClass("standard")
  /// Search as the map moves and the person types: many small questions.
  public static let search = RateLimitClass("search")
  /// What costs money or can be guessed: sign-in, codes, payments.
  public static let sensitive = RateLimitClass("sensitive")
  /// Health, metrics and documentation.
  public static let unlimited = RateLimitClass("unlimited")
}

/// So many requests in so many seconds; all of them may come at once.
public struct RateLimit: Hashable, Sendable {
  public let requests: Int
  public let seconds: Int

  public init(requests: Int, seconds: Int) {
    precondition(requests > 0 && seconds > 0, "a rate limit allows something in some time")
    self.requests = requests
    self.seconds = seconds
  }

  public static let standard: [RateLimitClass: RateLimit] = [
    .standard: RateLimit(requests: 100, seconds: 60),
    .search: RateLimit(requests: 600, seconds: 60),
    .sensitive: RateLimit(requests: 10, seconds: 60),
  ]

  var nanosecondsPerRequest: UInt64 { UInt64(seconds) * 1_000_000_000 / UInt64(requests) }
}

/// Token buckets in constant memory.
///
/// A bucket is one number, the time at which it would be full again (the generic cell rate algorithm). Buckets live in a table of
/// sets of eight; a new one takes the place of the fullest bucket of its set, so that what is forgotten first is who has asked
/// least. Loops share the table, because one client's connections are spread over all loops; a lock guards a sixty-fourth of it
/// for a few nanoseconds, so that loops hardly ever meet.
final class RateLimiter: Sendable {
  struct Decision: Equatable {
    let isAllowed: Bool
    let limit: Int
    let remaining: Int
    /// Until the bucket is full.
    let resetSeconds: Int
    /// Until the next request is allowed; 0 when it is now.
    let retryAfterSeconds: Int
  }

  private struct Entry {
    var key: UInt64 = 0
    var fullAt: UInt64 = 0
  }

  private final class Shard: Sendable {
    let entries: Mutex<[Entry]>
    init(count: Int) { entries = Mutex([Entry](repeating: Entry(), count: count)) }
  }

  private static let shardCount = 64
  private static let setSize = 8
  private let shards: [Shard]
  private let setsPerShard: Int

  init(entries: Int = WebAPILimits.rateLimiterEntries) {
    setsPerShard = max(1, entries / RateLimiter.shardCount / RateLimiter.setSize)
    shards = (0..<RateLimiter.shardCount).map { [setsPerShard] _ in Shard(count: setsPerShard * RateLimiter.setSize) }
  }

  /// Takes one request from the bucket of `key`, a hash nobody outside can foretell. O(1).
  func take(_ key: UInt64, _ limit: RateLimit, now: UInt64) -> Decision {
    let shard = shards[Int(key % UInt64(RateLimiter.shardCount))]
    let set = Int(key / UInt64(RateLimiter.shardCount) % UInt64(setsPerShard)) * RateLimiter.setSize
    return shard.entries.withLock { entries in
      var place = set
      for index in set..<set + RateLimiter.setSize {
        if entries[index].key == key {
          place = index
          break
        }
        if entries[index].fullAt < entries[place].fullAt { place = index }
      }
      if entries[place].key != key { entries[place] = Entry(key: key, fullAt: 0) }
      return RateLimiter.take(&entries[place].fullAt, limit, now: now)
    }
  }

  private static func take(_ fullAt: inout UInt64, _ limit: RateLimit, now: UInt64) -> Decision {
    let cost = limit.nanosecondsPerRequest
    let capacity = cost * UInt64(limit.requests)
    let before = max(fullAt, now)
    let isAllowed = before - now + cost <= capacity
    if isAllowed { fullAt = before + cost }
    let used = max(fullAt, now) - now
    return Decision(
      isAllowed: isAllowed, limit: limit.requests, remaining: Int((capacity - min(used, capacity)) / cost),
      resetSeconds: seconds(used), retryAfterSeconds: isAllowed ? 0 : max(1, seconds(before - now + cost - capacity)))
  }

  private static func seconds(_ nanoseconds: UInt64) -> Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }
}
