import Glibc

/// nginx as fast as it goes: nothing logged, connections never closed, a socket a worker, no file opened twice.
enum NginxConfiguration {
  /// `/return` answers `body` from the configuration, `/fixed.json` the file; both whatever the query.
  static func text(port: Int, scratch: String, body: String, bodyPath: String) -> String {
    // The workers of an nginx started as root would be another user, who may not read the file.
    let user = geteuid() == 0 ? "user root;" : ""
    return """
      \(user)
      daemon off;
      worker_processes 2;
      pid \(scratch)/nginx.pid;
      error_log stderr crit;
      events { worker_connections 4096; accept_mutex off; use epoll; }
      http {
        access_log off;
        server_tokens off;
        default_type application/json;
        keepalive_requests 1000000000;
        keepalive_timeout 1h;
        sendfile on;
        open_file_cache max=16 inactive=1h;
        open_file_cache_valid 1h;
        open_file_cache_min_uses 1;
        client_body_temp_path \(scratch)/nginx-body;
        proxy_temp_path \(scratch)/nginx-proxy;
        fastcgi_temp_path \(scratch)/nginx-fastcgi;
        uwsgi_temp_path \(scratch)/nginx-uwsgi;
        scgi_temp_path \(scratch)/nginx-scgi;
        server {
          listen 127.0.0.1:\(port) reuseport backlog=4096;
          location = /return { \(answer(body)) }
          location = /fixed.json { alias \(bodyPath); }
        }
      }

      """
  }

  /// A word of the configuration is at most 4,096 bytes, so a long body comes in pieces.
  private static func answer(_ body: String) -> String {
    precondition(!body.contains { "'$\\".contains($0) }, "nginx would read a quote, a variable or an escape in the body")
    var pieces: [String] = [""]
    for character in body {
      if pieces[pieces.count - 1].utf8.count > 3_500 { pieces.append("") }
      pieces[pieces.count - 1].append(character)
    }
    guard pieces.count > 1 else { return "return 200 '\(body)';" }
    let sets = pieces.enumerated().map { "set $piece\($0.offset) '\($0.element)';" }
    return sets.joined(separator: " ") + " return 200 '" + pieces.indices.map { "${piece\($0)}" }.joined() + "';"
  }
}
