import EventLoops
import HTTPClient
import Testing

/// A client on loops of its own, closed when the body ends.
func withClient(
  loops: Int = 1, options: HTTPClientOptions = HTTPClientOptions(), _ body: (Client, EventLoopGroup) async throws -> Void
) async throws {
  let group = try EventLoopGroup(count: loops, name: "client")
  let client = Client(group: group, options: options)
  let outcome: Result<Void, any Error>
  do {
    outcome = .success(try await body(client, group))
  } catch {
    outcome = .failure(error)
  }
  await client.shutdown()
  await group.shutdown()
  try outcome.get()
}

/// The error a request ends with; an answer fails the test.
func failure(_ client: Client, _ request: ClientRequest, _ location: SourceLocation = #_sourceLocation) async
  -> HTTPClientError?
{
  do throws(HTTPClientError) {
    let response = try await client.send(request)
    Issue.record("an answer came: \(response.status)", sourceLocation: location)
    return nil
  } catch {
    return error
  }
}

extension ClientResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
