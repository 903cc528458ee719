import Configuration
import EmbeddedPostgres
import EventLoops
import IndexKeeper
import Migrations
import PostgresClient

/// Makes all checks, one after another.
struct Doctor {
  let settings: Settings
  let group: EventLoopGroup

  func diagnose() async -> Diagnosis {
    let file = IndexFileState(settings)
    let service = await Service(settings, group.loops[0]).look()
    var findings: [Finding] = []
    let (finding, database) = await openDatabase()
    findings.append(finding)
    if let database {
      findings += await DatabaseChecks(database: database, settings: settings, file: file, isServing: service.isServing).all()
      await database.close()
    }
    findings += HostChecks(settings: settings, cluster: cluster, file: file).all()
    findings.append(file.finding)
    findings.append(service.finding)
    return Diagnosis(findings: findings)
  }

  /// Nil where the operator's own server is used.
  private var cluster: ClusterObservation? {
    settings.database.url == nil ? ClusterObservation(directory: "\(settings.data.directory)/postgres") : nil
  }

  // MARK: The database

  private static let check = "database"

  private func openDatabase() async -> (Finding, Database?) {
    let isPrivate = settings.database.url == nil
    guard let address = settings.database.url ?? cluster?.connectionString(database: Store.databaseName) else {
      return (clusterIsNotThere(), nil)
    }
    do {
      var configuration = try DatabaseConfiguration(connectionString: address)
      let wait = UInt64(settings.limits.databaseConnectTimeout.wholeMilliseconds)
      configuration.connection.connectTimeoutMilliseconds = wait
      configuration.connection.statementTimeoutMilliseconds = DoctorLimits.statementMilliseconds
      configuration.maximumConnectionsPerLoop = 2
      configuration.outageWaitMilliseconds = wait
      let database = try Database(group: group, configuration: configuration)
      let place = configuration.target.summary + (isPrivate ? ", the private cluster" : "")
      do {
        try await database.waitUntilReady(timeoutMilliseconds: wait)
        let row = try await database.query(
          "SELECT current_setting('server_version'), current_setting('server_version_num')::bigint"
        )
        .only()
        return (Self.version(try row[0], number: try row[1], place), database)
      } catch {
        await database.close()
        return (
          .problem(
            Self.check, "\(place) cannot be used: \(error)",
            do: isPrivate
              ? "See server.log beside \(cluster?.dataDirectory ?? ""); the next \"qareeb serve\" starts it again."
              : "Is PostgreSQL up, and may this machine and user connect? \"psql\" with the same address says more."), nil
        )
      }
    } catch {
      return (.problem(Self.check, "DATABASE_URL is wrong: \(error)", do: "Mend database.url; \"qareeb config --explain\"."), nil)
    }
  }

  static func version(_ version: String, number: Int, _ place: String) -> Finding {
    let message = "\(place), PostgreSQL \(version)"
    guard number >= DoctorLimits.oldestServer else {
      return .problem(
        check, message, do: "Qareeb needs PostgreSQL 15 or newer.", [Finding.Figure(name: "server_version", value: number)])
    }
    return .ok(check, message, [Finding.Figure(name: "server_version", value: number)])
  }

  private func clusterIsNotThere() -> Finding {
    let place = cluster?.dataDirectory ?? ""
    return switch cluster?.state {
    case .stopped:
      .warning(
        Self.check, "the private cluster in \(place) does not run, so what is in it was not looked at",
        do: "\"qareeb serve\" or \"qareeb migrate\" starts it; run doctor again meanwhile.")
    case .starting, .stopping:
      .warning(Self.check, "the private cluster in \(place) is just starting or stopping", do: "Run doctor again in a moment.")
    case .hidden:
      .problem(
        Self.check, "the private cluster in \(place) belongs to another user",
        do: "Run doctor as root or as the user who runs Qareeb.")
    case .absent, .running, nil:
      .warning(
        Self.check, "there is no private cluster in \(place) yet",
        do: "\"qareeb serve\" makes one. To use a server of your own, set DATABASE_URL.")
    }
  }
}

/// The doctor's limits, each with its reason.
enum DoctorLimits {
  /// Catalogue queries take milliseconds; a database that needs longer for one is found so.
  static let statementMilliseconds: UInt64 = 5_000
  /// `server_version_num` of the oldest that the product is tested with.
  static let oldestServer = 150_000
  /// Tokens, availability and "new" are told by two clocks; people notice nothing below, and a machine that keeps time is far below.
  static let clockWarningMilliseconds = 1_000
  static let clockProblemMilliseconds = 30_000
  /// Searches show what was committed milliseconds ago; seconds mean that something is slow, minutes that it is stuck.
  static let ageWarningMilliseconds = 10_000
  static let ageProblemMilliseconds = 120_000
  /// A slot that holds more than this share of what the server will keep for it is on its way to being lost.
  static let heldWarningShare = 0.5
  /// Without a bound of the server's: log that is worth a look.
  static let heldWarningBytes = 4 << 30
  /// PostgreSQL stops when its disk is full.
  static let diskProblemBytes = 1 << 30
  static let diskWarningShare = 0.1
  /// A service that answers so late for a health check is not well.
  static let serviceMilliseconds = 3_000
}
