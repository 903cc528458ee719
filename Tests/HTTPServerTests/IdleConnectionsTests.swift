import Bytes
import EventLoops
import HTTPServer
import TestSupport
import Testing

/// Ten thousand clients that stay connected and mostly say nothing. They live in a process of their own, which asks once on every
/// connection, has the server weigh itself, and asks on every connection again.
///
/// Measured in a debug build with two loops: some 1,500 bytes each.
@Suite struct IdleConnectionsTests {
  private static let clients = """
    import resource, socket, sys

    path, count = sys.argv[1], int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def connect():
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(120)
        client.connect(path)
        return client

    def ask(client, target):
        client.sendall(f"GET {target} HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n".encode())
        answer = b""
        while b"\\r\\n\\r\\n" not in answer:
            piece = client.recv(4096)
            if not piece:
                return "closed"
            answer += piece
        return answer.split(b"\\r\\nX-Said: ")[1].split(b"\\r\\n")[0].decode()

    scale = connect()
    ask(scale, "/weigh")
    clients = []
    for number in range(count):
        client = connect()
        clients.append(client)
        assert ask(client, f"/?{number}") == str(number)
    ask(scale, "/weigh")
    print(sum(ask(client, f"/?again{number}") == f"again{number}" for number, client in enumerate(clients)))
    """

  @Test func tenThousandIdleConnectionsAreAllStillAnswered() async throws {
    let count = 10_000
    try ResourceUsage.allowOpenFiles(count + 2_000)
    let weights = Tally<Int>()
    let service = RoutedService { request in
      .synchronous { request, response in
        if request.path == "/weigh" { weights.add(ResourceUsage.residentBytes()) }
        response.addHeader("X-Said", request.query)
      }
    }
    // As long as a loaded machine needs to come round to the first one again.
    var limits = ServerLimits()
    limits.idleSeconds = 3_600
    try await withTestServer(service, limits: limits, loops: 2, on: .unix) { server in
      guard case .unix(let path) = server.address else { return }
      let result = try await FinishedProcess.run("python3", ["-c", Self.clients, path, "\(count)"])
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(result.output == "\(count)\n")
      #expect(server.count { $0.requests.current } == 2 * count + 2)
      #expect(server.count { $0.accepted.current } == count + 1)
      try await eventually { server.count { $0.open.current } == 0 }
      try #require(weights.count == 2)
      let perConnection = (weights.all[1] - weights.all[0]) / count
      print("\(count) idle connections: \(perConnection) resident bytes each")
      // Far above what is measured, as other tests grow meanwhile; below what a buffer for each connection would take.
      #expect(perConnection < 32_768)
    }
  }
}
