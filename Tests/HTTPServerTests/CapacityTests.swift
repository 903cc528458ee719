import Bytes
import EventLoops
import HTTPServer
import TestSupport
import Testing

/// More than the server has room for: RFC 9110, 15.6.4, and fairness between those who ask.
@Suite struct CapacityTests {
  private static func service(_ turnstile: Turnstile) -> RoutedService {
    RoutedService { request in
      if request.path == "/held" {
        return .asynchronous { _, response in
          await turnstile.pass()
          response.body.append("held")
        }
      }
      return .synchronous { _, response in response.body.append("quick") }
    }
  }

  private static let held = "GET /held HTTP/1.1\r\nHost: h\r\n\r\n"
  private static let quick = "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"

  private static func expectShed(_ answer: RawAnswer, closes: Bool) {
    #expect(answer.status == 503)
    #expect(answer.value("retry-after").flatMap { Int($0) }.map { $0 >= 1 } == true)
    #expect(answer.saysClose == closes)
  }

  @Test(arguments: TestServer.Transport.allCases)
  func oneConnectionTooManyIsToldSo(_ transport: TestServer.Transport) async throws {
    var limits = ServerLimits()
    limits.connectionsPerLoop = 3
    try await withTestServer(Self.service(Turnstile()), limits: limits, on: transport) { server in
      let clients = try (0..<3).map { _ in try server.connect() }
      for client in clients { #expect(try client.exchange(Self.quick).text == "quick") }
      let fourth = try server.connect()
      Self.expectShed(try fourth.readAnswer(), closes: true)
      #expect(try fourth.readBytesUntilEnd().isEmpty)
      fourth.close()
      for client in clients { #expect(try client.exchange(Self.quick).text == "quick") }
      clients[0].close()
      try await eventually { server.count { $0.open.current } == 2 }
      #expect(try server.connect().exchange(Self.quick).text == "quick")
      #expect(server.count { $0.shed.current } == 1)
    }
  }

  @Test func oneRequestTooManyIsToldSoAndTheConnectionLives() async throws {
    let turnstile = Turnstile()
    var limits = ServerLimits()
    limits.inFlightPerLoop = 2
    try await withTestServer(Self.service(turnstile), limits: limits) { server in
      let working = try (0..<2).map { _ in try server.connect() }
      for client in working { try client.send(Self.held) }
      try await eventually { turnstile.arrivals == 2 }
      let third = try server.connect()
      for _ in 0..<3 { Self.expectShed(try third.exchange(Self.held), closes: false) }
      // What waits for nothing needs no place.
      #expect(try third.exchange(Self.quick).text == "quick")
      turnstile.open()
      for client in working { #expect(try client.readAnswer().text == "held") }
      #expect(try third.exchange(Self.held).text == "held")
      #expect(server.count { $0.inFlight.current } == 0)
      #expect(server.count { $0.shed.current } == 3)
    }
  }

  @Test func shedRequestsInAPipelineKeepTheirPlace() async throws {
    let turnstile = Turnstile()
    var limits = ServerLimits()
    limits.inFlightPerLoop = 1
    try await withTestServer(Self.service(turnstile), limits: limits) { server in
      let working = try server.connect()
      try working.send(Self.held)
      try await eventually { turnstile.arrivals == 1 }
      let client = try server.connect()
      try client.send(Self.quick + Self.held + Self.quick + Self.held)
      let statuses = try (0..<4).map { _ in try client.readAnswer().status }
      #expect(statuses == [200, 503, 200, 503])
      turnstile.open()
      #expect(try working.readAnswer().text == "held")
    }
  }

  /// Half of the places are for all; of the rest one address has its share only.
  @Test func oneAddressCannotTakeAll() async throws {
    let turnstile = Turnstile()
    var limits = ServerLimits()
    limits.inFlightPerLoop = 8
    limits.inFlightPerAddress = 2
    limits.sharedAddresses = []
    try await withTestServer(Self.service(turnstile), limits: limits) { server in
      let greedy = try (0..<4).map { _ in try server.connect(from: "127.0.0.2") }
      for client in greedy { try client.send(Self.held) }
      try await eventually { turnstile.arrivals == 4 }
      Self.expectShed(try server.connect(from: "127.0.0.2").exchange(Self.held), closes: false)
      let modest = try (0..<2).map { _ in try server.connect(from: "127.0.0.3") }
      for client in modest { try client.send(Self.held) }
      try await eventually { turnstile.arrivals == 6 }
      Self.expectShed(try server.connect(from: "127.0.0.3").exchange(Self.held), closes: false)
      turnstile.open()
      for client in greedy + modest { #expect(try client.readAnswer().text == "held") }
      #expect(try server.connect(from: "127.0.0.2").exchange(Self.held).text == "held")
    }
  }

  @Test func aSharedAddressMayTakeAll() async throws {
    let turnstile = Turnstile()
    var limits = ServerLimits()
    limits.inFlightPerLoop = 8
    limits.inFlightPerAddress = 2
    limits.sharedAddresses = ["127.0.0.2"]
    try await withTestServer(Self.service(turnstile), limits: limits) { server in
      let proxied = try (0..<8).map { _ in try server.connect(from: "127.0.0.2") }
      for client in proxied { try client.send(Self.held) }
      try await eventually { turnstile.arrivals == 8 }
      turnstile.open()
      for client in proxied { #expect(try client.readAnswer().text == "held") }
    }
  }
}
