/// What the server is told: pure functions from a placement and options to the text of the three configuration files.
///
/// They live outside the data directory and are written at each start, so that a new version of Qareeb brings its settings along.
///
/// **Who may connect.** No TCP. The socket lies in a folder that only the server's user and root can enter, and its own mode says
/// the same. Behind that, peer authentication: the kernel tells the server which user connects, and only root, the server's user
/// and whoever started it may be the owning role. There is no password to keep. In the other direction `requirepeer` makes libpq
/// refuse a server that runs as somebody else. Further roles may be made; they need a password (scram-sha-256).
///
/// **Collation.** `C` order with `C.UTF-8` character classes: comparisons are memcmp, an index on text serves `LIKE 'prefix%'`, and
/// an upgrade of the C library cannot change the order under an index. Where people read a sorted list, the query names an ICU
/// collation (`COLLATE "ar-x-icu"`).
struct ClusterConfiguration {
  let placement: ClusterPlacement
  let options: ClusterOptions
  /// The operating system's users who may be the owning role.
  let users: [String]

  static let initdbArguments = [
    "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "--data-checksums", "--auth=peer", "--no-instructions",
  ]

  var settings: [(name: String, value: String)] {
    let folder = placement.configuration
    var settings: [(String, String)] = [
      ("listen_addresses", ""),
      ("port", "5432"),  // only names the socket
      ("unix_socket_directories", Quoted.identifier(placement.socketDirectory)),
      ("unix_socket_permissions", "0700"),
      ("hba_file", folder + "/pg_hba.conf"),
      ("ident_file", folder + "/pg_ident.conf"),
      ("cluster_name", "qareeb"),
      // The feed follows the log.
      ("wal_level", "logical"),
      ("max_replication_slots", "10"),
      ("max_wal_senders", "10"),
      // A follower that went away must not fill the disk; it notices that its slot is lost and hydrates anew.
      ("max_slot_wal_keep_size", "4GB"),
      // A laptop's share of memory. A server of its own is tuned by whoever keeps it.
      ("max_connections", "200"),
      ("shared_buffers", "256MB"),
      ("effective_cache_size", "2GB"),
      ("work_mem", "16MB"),
      ("maintenance_work_mem", "128MB"),
      ("max_wal_size", "1GB"),
      // Ours are solid-state disks, not the spinning ones of the defaults.
      ("random_page_cost", "1.1"),
      // Times leave the server in UTC; a provider's own zone is a column.
      ("timezone", "UTC"),
      ("log_timezone", "UTC"),
      ("lc_messages", "C"),
      ("log_line_prefix", "%m [%p] %q%u@%d "),
      ("log_checkpoints", "off"),
      ("log_startup_progress_interval", "1s"),
      ("log_min_duration_statement", "2s"),
      ("password_encryption", "scram-sha-256"),
    ]
    if options.durability == .disposable {
      settings += [
        ("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"), ("autovacuum", "off"),
        ("shared_buffers", "64MB"),
        // Many suites use many databases and follow their log at once.
        ("max_replication_slots", "100"), ("max_wal_senders", "100"), ("max_connections", "600"),
      ]
    }
    return settings + options.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  var postgresqlConf: String {
    var text = "# Written by qareeb at each start; put settings of your own into local.conf beside this file.\n"
    // A later line wins over an earlier one of the same name.
    for (name, value) in settings { text += "\(name) = \(Quoted.setting(value))\n" }
    return text + "include 'local.conf'\n"
  }

  /// Made once, then the reader's own.
  static let localConf =
    "# Settings of your own; they win over those in postgresql.conf. Never rewritten. Read when the server starts.\n"

  var hbaConf: String {
    let role = Quoted.identifier(options.role)
    return """
      # Written by qareeb at each start.
      local  all          \(role)  peer map=qareeb
      local  replication  \(role)  peer map=qareeb
      local  all          all      scram-sha-256

      """
  }

  var identConf: String {
    "# Written by qareeb at each start.\n"
      + users.map { "qareeb  \(Quoted.identifier($0))  \(Quoted.identifier(options.role))\n" }.joined()
  }
}
