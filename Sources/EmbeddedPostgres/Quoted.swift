/// Text that goes into SQL, into a libpq connection string or into a configuration file, quoted by that language's rules.
enum Quoted {
  /// A libpq keyword value: `'…'`, with `\` before a quote or a backslash.
  static func connectionValue(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  /// A value of postgresql.conf: quotes doubled, backslashes escaped.
  static func setting(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
  }

  /// One element of a list setting, a field of pg_hba.conf or of pg_ident.conf, an SQL identifier: `"…"`, quotes doubled.
  static func identifier(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// An SQL string constant, right whatever `standard_conforming_strings` says.
  static func literal(_ text: String) -> String {
    let doubled = text.replacing("'", with: "''")
    return text.contains("\\") ? "E'" + doubled.replacing("\\", with: "\\\\") + "'" : "'" + doubled + "'"
  }
}
