import Configuration
import Terminal

/// `qareeb serve`. Rules: options for the settings one changes by hand are shortcuts of `--set` and win over it; what is served,
/// and how it stops, is in `Serve.swift`.
enum ServeCommand {
  private static let port = Option("port", short: "p", .integer(0...65535), placeholder: "PORT", "TCP port; 0 takes a free one.")
  private static let host = Option("host", .text, placeholder: "ADDRESS", "Address to listen on.")
  private static let unixSocket = Option("unix-socket", .file, placeholder: "PATH", "Unix socket to listen on as well.")
  private static let logLevel = Option<Settings.Log.Level>(
    "log-level", .choice, placeholder: "LEVEL", "Least important messages shown.")

  static let command = Command(
    "serve",
    summary: "answer the API and show the screens",
    discussion: """
      Serves until SIGTERM or SIGINT; then it takes no new connections, finishes what is running within limits.drain_deadline and ends with 0.
      Without DATABASE_URL a private PostgreSQL cluster is started under data.directory.
      """,
    options: [port, host, unixSocket, logLevel],
    examples: [
      .init("qareeb serve", "With the defaults, on http://localhost:8080."),
      .init("PORT=9000 qareeb serve", "On another port."),
      .init("qareeb serve --unix-socket /run/qareeb/http.sock", "Behind a proxy on the same machine."),
      .init("qareeb serve --set log.modules=HTTPServer=debug", "With one module's log in detail."),
    ],
    exitCodes: [.failure, .unavailable, .inputOutput, .configuration],
    action: { invocation, console in
      let resolution = SettingOptions.resolve(
        invocation,
        shortcuts: [
          ("--port", "http.port", invocation[port].map { String($0) }),
          ("--host", "http.host", invocation[host]),
          ("--unix-socket", "http.unix_socket", invocation[unixSocket]),
          ("--log-level", "log.level", invocation[logLevel]?.rawValue),
        ])
      return try await runServer(settings: try resolution.checkedForCommand(), console: console)
    })
}
