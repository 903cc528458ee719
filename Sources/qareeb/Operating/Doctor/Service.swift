import Configuration
import EventLoops
import HTTPClient
import JSON
import Terminal

/// A process that serves where the settings say.
struct Service {
  private let settings: Settings
  private let loop: EventLoop

  struct Seen {
    let finding: Finding
    let isServing: Bool
  }

  init(_ settings: Settings, _ loop: EventLoop) {
    self.settings = settings
    self.loop = loop
  }

  private static let check = "service"

  /// Asks `/health/ready`.
  func look() async -> Seen {
    var path: String?
    var authority = "localhost"
    if settings.http.port > 0 {
      authority = "\(address):\(settings.http.port)"
    } else if let socket = settings.http.unixSocket {
      path = socket
    } else {
      return Seen(finding: .ok(Self.check, "http.port is 0, so nobody can know where a process would serve"), isServing: false)
    }
    var request = ClientRequest(.get, "http://\(authority)/health/ready")
    request.unixSocketPath = path
    request.connectTimeoutMilliseconds = DoctorLimits.serviceMilliseconds
    request.totalTimeoutMilliseconds = DoctorLimits.serviceMilliseconds
    let client = Client(loop: loop)
    let outcome: Result<ClientResponse, HTTPClientError>
    do throws(HTTPClientError) {
      outcome = .success(try await client.send(request))
    } catch {
      outcome = .failure(error)
    }
    await client.shutdown()
    let place = path ?? authority
    switch outcome {
    case .success(let response): return Self.judge(response.status, response.body, place)
    case .failure(let error) where error.isSurelyNotSent:
      return Seen(finding: .ok(Self.check, "nobody serves on \(place)"), isServing: false)
    case .failure(let error):
      return Seen(
        finding: .problem(
          Self.check, "whoever listens on \(place) does not answer: \(error)", do: "Look at its log; restart it if it hangs."),
        isServing: true)
    }
  }

  /// Of every interface, this machine's own.
  private var address: String {
    switch settings.http.host {
    case "0.0.0.0", "": "127.0.0.1"
    case "::": "[::1]"
    case let host where host.contains(":"): "[\(host)]"
    case let host: host
    }
  }

  static func judge(_ status: Int, _ body: [UInt8], _ place: String) -> Seen {
    let root = (try? JSONDocument(body))?.root
    if status == 503, let check = root?["error"]?["details"]?["check"]?.string {
      let reason = root?["error"]?["details"]?["reason"]?.string ?? "it does not say why"
      return Seen(
        finding: .problem(
          Self.check, "the process on \(place) is not ready: \(check), \(reason)",
          do: "\"When something is wrong\" in docs/operating.md says what the words mean; its log says more."), isServing: true)
    }
    guard status == 200, let data = root?["data"], data["status"]?.string == "ready" else {
      return Seen(
        finding: .warning(
          Self.check, "whoever serves on \(place) answers \(status) and is not Qareeb, or busy",
          do: "Is another program on this port? Set PORT."), isServing: false)
    }
    let age = data["index_age_ms"]?.int
    let lag = data["index_lag_bytes"]?.int ?? 0
    let phase = data["index"]?.string ?? "unknown"
    var figures = [Finding.Figure(name: "index_lag_bytes", value: lag)]
    if let age { figures.append(Finding.Figure(name: "index_age_ms", value: age)) }
    let message =
      "ready on \(place), index \(phase), \(age.map { "\($0) ms old" } ?? "of unknown age"), \(bytesText(lag)) of log behind"
    let advice = "qareeb_feed_connected and the log say whether it still follows; \"slots\" above whether its slot is there."
    if phase == "failing" || (age ?? 0) >= DoctorLimits.ageProblemMilliseconds {
      return Seen(finding: .problem(Self.check, message, do: advice, figures), isServing: true)
    }
    if (age ?? 0) >= DoctorLimits.ageWarningMilliseconds {
      return Seen(finding: .warning(Self.check, message, do: advice, figures), isServing: true)
    }
    return Seen(finding: .ok(Self.check, message, figures), isServing: true)
  }
}
