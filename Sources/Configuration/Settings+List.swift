extension Settings {
  /// The list: one row a setting. Its default is in `Settings` or `Limits`; its variable is `QAREEB_` and its name in capitals
  /// unless the world already has a name for it.
  public static let list = SettingList(
    defaults: Settings(),
    [
      // HTTP
      Setting("http.host", \.http.host, .text, "Address to listen on; 0.0.0.0 or :: for every interface."),
      Setting(
        "http.port", \.http.port, .integer(0...65535), variable: "PORT",
        "TCP port to listen on; 0 takes a free one and prints it."),
      Setting(
        "http.unix_socket", \.http.unixSocket, .optional(.socketPath, absent: "TCP only"),
        "Unix socket to listen on as well, for a proxy on the same machine."),
      Setting(
        "http.loops", \.http.loops, .optional(.integer(1...1024), absent: "one for each core"),
        "Event loops, each on its own thread."),

      // Database
      Setting(
        "database.url", \.database.url, .optional(.databaseURL, absent: "a private cluster under data.directory"),
        variable: "DATABASE_URL", secrecy: .connectionString, "PostgreSQL with PostGIS to work on."),
      Setting(
        "database.pool_per_loop", \.limits.databaseConnectionsPerLoop, .integer(1...256, unit: "connections"),
        "Database connections that each loop keeps."),
      Setting(
        "database.connect_timeout", \.limits.databaseConnectTimeout, .duration(.milliseconds(100)...(.seconds(300))),
        "Time to open a database connection."),
      Setting(
        "database.statement_timeout", \.limits.statementTimeout, .duration(.milliseconds(10)...(.seconds(3600))),
        "A statement that runs longer is cancelled."),
      Setting(
        "database.queue_wait", \.limits.databaseQueueWait, .duration(.milliseconds(1)...(.seconds(60))),
        "A request that waits longer for a connection is answered 503."),

      Setting(
        "database.start_wait", \.limits.databaseStartWait, .duration(.milliseconds(1)...(.seconds(3600))),
        "A start that finds no database waits this long for it to come."),

      // Signals
      Setting("log.level", \.log.level, .choice, "Least important messages that are still written."),
      Setting(
        "log.modules", \.log.modules, .list(of: .moduleLevel),
        "Levels of single modules, as in HTTPServer=debug,Migrations=trace."),
      Setting("log.format", \.log.format, .choice, "json for machines, text for people; auto is text on a terminal."),
      Setting(
        "trace.endpoint", \.trace.endpoint, .optional(.url(schemes: ["http", "https"]), absent: "no export"),
        "OTLP/HTTP collector, as in http://localhost:4318."),
      Setting("trace.ratio", \.trace.ratio, .ratio, "Share of requests traced when the caller did not decide."),
      Setting("trace.service_name", \.trace.serviceName, .text, "Name of this service in traces."),

      // The rest of the world
      Setting("cors.origins", \.cors.origins, .list(of: .origin), "Web origins whose pages may call the API; * for all."),
      Setting("data.directory", \.data.directory, .path, "Folder for everything kept on disk."),
      Setting(
        "index.save_interval", \.index.saveInterval, .duration(.milliseconds(100)...(.seconds(86_400))),
        "A changed index is written to data.directory so often; the database keeps its log that long."),
      Setting("data.assets", \.data.assets, .path, "Folder of migrations and demo data: data/ of the source tree."),
      Setting(
        "demo.load", \.demo.isLoaded, .optional(.boolean, absent: "only into the private cluster"),
        "Whether the made-up market of Amman is loaded at start."),
      Setting("demo.providers", \.demo.providers, .integer(1...20_000, unit: "providers"), "How many the made-up market has."),

      // Search
      Setting(
        "search.cursor_secret", \.search.cursorSecret, .optional(.text, absent: "a new one at each start"), secrecy: .secret,
        "Signs the cursors of searches; the same on all nodes behind one address."),

      // Screens
      Setting(
        "web.directory", \.web.directory, .path,
        "Folder of the screens: web/ of the source tree; without it the API stands alone."),
      Setting(
        "web.libraries", \.web.libraries, .path,
        "Folder of installed browser libraries; without leaflet in it the screens show lists."),
      Setting(
        "web.tiles", \.web.tiles, .optional(.tiles, absent: "a plain map of neighbourhoods"),
        "Where the map's pictures come from, as in https://tiles.example.com/{z}/{x}/{y}.png."),
      Setting(
        "web.tiles_credit", \.web.tilesCredit, .optional(.text, absent: "none"),
        "Whom to thank for the map's pictures, as shown on the map."),

      // Limits; the reason for each default is in Limits.swift
      Setting("limits.header_size", \.limits.headerBytes, .byteSize(1024...(1 << 20)), "All headers of a request together."),
      Setting("limits.header_count", \.limits.headerCount, .integer(10...1000, unit: "headers"), "Headers of a request."),
      Setting("limits.target_length", \.limits.targetBytes, .byteSize(256...(64 << 10)), "Path and query of a request."),
      Setting(
        "limits.body_size", \.limits.bodyBytes, .byteSize(0...(1 << 30)), "Body of a request, where the route says nothing else."),
      Setting(
        "limits.websocket_message_size", \.limits.webSocketMessageBytes, .byteSize(125...(64 << 20)),
        "One WebSocket message, where the route says nothing else."),
      Setting(
        "limits.header_timeout", \.limits.headerTimeout, .duration(patience, inSteps: .second),
        "Time to receive a request's head."),
      Setting(
        "limits.body_timeout", \.limits.bodyTimeout, .duration(patience, inSteps: .second), "Longest pause while a body arrives."),
      Setting(
        "limits.idle_timeout", \.limits.idleTimeout, .duration(patience, inSteps: .second),
        "A connection without requests is closed after this."),
      Setting(
        "limits.write_timeout", \.limits.writeTimeout, .duration(patience, inSteps: .second),
        "Longest pause of a client that reads an answer."),
      Setting(
        "limits.connections", \.limits.connections, .integer(1...10_000_000, unit: "connections"),
        "Connections of the process at once."),
      Setting(
        "limits.connections_per_loop", \.limits.connectionsPerLoop, .integer(1...1_000_000, unit: "connections"),
        "Connections of one loop at once."),
      Setting(
        "limits.requests_in_flight", \.limits.requestsInFlight, .integer(1...1_000_000, unit: "requests"),
        "Requests in work per loop before new ones are answered 503 with Retry-After."),
      Setting(
        "limits.requests_per_connection", \.limits.requestsPerConnection, .integer(1...1_000_000_000, unit: "requests"),
        "Requests answered before a connection is closed."),
      Setting(
        "limits.requests_per_minute", \.limits.requestsPerMinute, .integer(1...1_000_000, unit: "requests"),
        "Rate limit by user, key or address, where the route says nothing stricter."),
      Setting(
        "limits.searches_per_minute", \.limits.searchesPerMinute, .integer(1...100_000_000, unit: "searches"),
        "Rate limit of searches, suggestions and providers' pages by user, key or address."),
      Setting(
        "limits.position_wait", \.limits.positionWait, .duration(.milliseconds(1)...(.seconds(60))),
        "A search that asks for min_position waits so long for the index before it is answered 503."),
      Setting(
        "limits.stream_listeners", \.limits.streamListeners, .integer(0...100_000, unit: "streams"),
        "Streams that tell when the index moves, at a time; more are answered 503."),
      Setting("limits.drain_deadline", \.limits.drainDeadline, .duration(humanTimes), "Time for running requests after SIGTERM."),
    ],
    rules: [
      SettingRule("limits.connections_per_loop") { settings in
        let limits = settings.limits
        guard limits.connectionsPerLoop > limits.connections else { return nil }
        return "limits.connections_per_loop (\(limits.connectionsPerLoop)) is above limits.connections (\(limits.connections))"
      },
      SettingRule("limits.target_length") { settings in
        let limits = settings.limits
        guard limits.targetBytes > limits.headerBytes else { return nil }
        return "limits.target_length (\(limits.targetBytes) bytes) is above limits.header_size (\(limits.headerBytes) bytes)"
      },
      SettingRule("cors.origins") { settings in
        let origins = settings.cors.origins
        return origins.contains("*") && origins.count > 1 ? "cors.origins holds * beside other origins; * already means all" : nil
      },
    ])

  /// From "at once" on a local test to a patient hour.
  private static let humanTimes: ClosedRange<Duration> = .milliseconds(10)...(.seconds(3600))
  /// How long a client is waited for; the server counts it in seconds.
  private static let patience: ClosedRange<Duration> = .seconds(1)...(.seconds(3600))
}

extension ValueFormat where Value == Settings.Log.ModuleLevel {
  static var moduleLevel: ValueFormat {
    let level = ValueFormat<Settings.Log.Level>.choice
    return ValueFormat(
      allowed: "module=level with a level that is \(level.allowed)",
      parse: { (text: String) throws(InvalidValue) -> Settings.Log.ModuleLevel in
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !trimmed(parts[0]).isEmpty else { throw InvalidValue("is not of the form module=level") }
        do throws(InvalidValue) {
          return Settings.Log.ModuleLevel(module: trimmed(parts[0]), level: try level.parse(trimmed(parts[1])))
        } catch {
          throw InvalidValue("has a level that \(error.reason)")
        }
      },
      print: { "\($0.module)=\($0.level.rawValue)" })
  }
}
