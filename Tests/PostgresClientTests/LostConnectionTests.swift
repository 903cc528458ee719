import EventLoops
import PostgresClient
import TestSupport
import Testing

struct LostConnectionTests {
  /// The end of the connection is found while writing, in the same turn of the loop that has something to read.
  @Test func anEndFoundWhileWritingIsTheEnd() async throws {
    let server = try SilentServer()
    let group = try EventLoopGroup(count: 1)
    let loop = group.loops[0]
    let target = try ConnectionTarget(server.connectionString)
    async let greeting: Void = offThePool { try server.greet() }
    var options = ConnectionOptions()
    // As long as a loaded machine needs.
    options.connectTimeoutMilliseconds = 600_000
    options.statementTimeoutMilliseconds = 600_000
    let connection = try await PostgresConnection.connect(target, on: loop, options: options)
    try await greeting

    // More than the socket takes, so that the connection waits for room.
    let statement = "SELECT '" + String(repeating: "x", count: 8 << 20) + "'"
    let answer = Task { try await connection.query(PreparedQuery(statement)) }
    let hasBegun = try await offThePool { server.waitForAStatement() }
    #expect(hasBegun)
    // On the loop: its next look at the socket sees the room and the end together.
    let hasEnded = await loop.run { server.endAndMakeRoom(bytes: 1 << 20) }
    #expect(hasEnded)
    let error = await #expect(throws: PostgresError.self) { _ = try await answer.value }
    #expect(error?.code == .connectionLost)
    let isClosed = await loop.run { connection.isClosed }
    #expect(isClosed)
    await group.shutdown()
  }
}
