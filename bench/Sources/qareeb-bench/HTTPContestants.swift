import BenchKit
import Foundation
import TargetRoutes

/// One route of one server.
struct HTTPContestant {
  enum Role: String, Codable { case floor, nginx, ours }

  let id: String
  let title: String
  let role: Role
  let server: ServerProcess
  let path: String
  /// The most CPU time a request may cost, in times of the best nginx.
  var goal: Double?
  var expectedBody: String?

  var url: String { server.url(path) }

  func check() throws {
    if let problem = try Answer.fetch(url).problem(expectedBody: expectedBody) {
      throw BenchError("\(title) answers \(url) with \(problem)")
    }
  }
}

/// The servers, each with two threads or processes that work, each on a port of its own.
final class HTTPServers {
  let epoll: ServerProcess
  let nginx: ServerProcess
  let ours: ServerProcess

  init(_ environment: BenchEnvironment, firstPort: Int) throws {
    let scratch = environment.scratch
    let bodyPath = "\(scratch)/fixed.json"
    try ResultFile.write(fixedBody, to: bodyPath)
    let compiled = "\(scratch)/epoll"
    _ = try Command("cc", ["-O2", "-pthread", "-o", compiled, "\(environment.folder)/peers/epoll.c"]).output()
    epoll = try ServerProcess("epoll", compiled, [String(firstPort), "2", bodyPath], port: firstPort, folder: scratch)

    let configuration = "\(scratch)/nginx.conf"
    try ResultFile.write(NginxConfiguration.text(port: firstPort + 1, scratch: scratch, bodyPath: bodyPath), to: configuration)
    nginx = try ServerProcess(
      "nginx", "nginx", ["-p", scratch, "-e", "stderr", "-c", configuration], port: firstPort + 1, folder: scratch)

    ours = try ServerProcess(
      "http-target", "\(environment.binaries)/http-target", [String(firstPort + 2)], port: firstPort + 2, folder: scratch)
    for server in [epoll, nginx, ours] { try server.waitUntilReady() }
  }

  var contestants: [HTTPContestant] {
    [
      HTTPContestant(id: "epoll", title: "bare epoll loop", role: .floor, server: epoll, path: "/", expectedBody: fixedBody),
      HTTPContestant(
        id: "nginx-return", title: "nginx, text in its configuration", role: .nginx, server: nginx, path: "/return",
        expectedBody: fixedBody),
      HTTPContestant(
        id: "nginx-file", title: "nginx, cached file", role: .nginx, server: nginx, path: "/fixed.json",
        expectedBody: fixedBody),
      HTTPContestant(
        id: "fixed", title: "Qareeb, fixed body", role: .ours, server: ours, path: TargetPath.fixed, goal: 1.25,
        expectedBody: fixedBody),
      HTTPContestant(
        id: "fixed-async", title: "Qareeb, fixed body, async", role: .ours, server: ours, path: TargetPath.fixedAsync,
        goal: 1.6, expectedBody: fixedBody),
      HTTPContestant(id: "hits", title: "Qareeb, 20 search hits", role: .ours, server: ours, path: TargetPath.hits),
      HTTPContestant(
        id: "hits-async", title: "Qareeb, 20 search hits, async", role: .ours, server: ours, path: TargetPath.hitsAsync),
    ]
  }

  func stop() {
    for server in [epoll, nginx, ours] { server.stop() }
  }
}

/// nginx as fast as it goes: nothing logged, connections never closed, a socket a worker, no file opened twice.
enum NginxConfiguration {
  static func text(port: Int, scratch: String, bodyPath: String) -> String {
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
          location = /return { return 200 '\(fixedBody)'; }
          location = /fixed.json { alias \(bodyPath); }
        }
      }

      """
  }
}
