import Glibc
import TargetRoutes

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
