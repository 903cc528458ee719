import EventLoops
import Telemetry

extension PostgresPool {
  func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, timeoutMilliseconds: UInt64?
  ) async throws -> Rows {
    var reruns = 0
    while true {
      // Whoever was spoilt often enough goes alone: then the fault is its own.
      let kind: Kind = query.isSharedRead && reruns < PostgresLimits.rerunsOfRead ? .shared : .exclusive
      let connection = try await counted { try await borrow(kind) }
      let started = TelemetryClock.system.monotonicNanoseconds()
      do {
        let rows = try await connection.query(
          query, repeat each parameters, role: .statement, isShared: kind == .shared, timeoutMilliseconds: timeoutMilliseconds)
        giveBack(connection)
        metrics?.queryTime.observe(nanoseconds: TelemetryClock.system.monotonicNanoseconds() &- started)
        return rows
      } catch let spoilt as SharedReadSpoilt {
        giveBack(connection)
        reruns += 1
        // A lost connection is worth one more try, on another.
        if spoilt.reason.code == .connectionLost, reruns > 1 {
          metrics?.count(spoilt.reason)
          throw spoilt.reason
        }
      } catch {
        giveBack(connection)
        metrics?.count(error)
        throw error
      }
    }
  }

  func withConnection<R: Sendable>(_ body: @Sendable (PostgresConnection) async throws -> R) async throws -> R {
    let connection = try await counted { try await borrow(.exclusive) }
    defer { giveBack(connection) }
    return try await counted { try await body(connection) }
  }

  private func counted<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch {
      metrics?.count(error)
      throw error
    }
  }
}
