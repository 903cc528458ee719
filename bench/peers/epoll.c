// The floor: a fixed answer from a bare epoll loop a thread, which looks for the end of a head and nothing else. Its date stands still.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char answer[4096];
static size_t answer_size;
static int port;

static int listen_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) { perror("listen"); exit(1); }
  return fd;
}

static void *serve(void *unused) {
  int listener = listen_socket(), poll = epoll_create1(0), on = 1;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  static __thread char buffer[65536];
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (peer < 0) continue;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.data.fd = peer;
        epoll_ctl(poll, EPOLL_CTL_ADD, peer, &event);
        continue;
      }
      ssize_t size = read(fd, buffer, sizeof buffer);
      if (size <= 0) { close(fd); continue; }
      for (char *at = buffer; (at = memmem(at, buffer + size - at, "\r\n\r\n", 4)); at += 4)
        if (write(fd, answer, answer_size) < 0) break;
    }
  }
  return unused;
}

static void prepare_answer(const char *body_path) {
  static char body[2048];
  char date[64];
  FILE *file = fopen(body_path, "r");
  if (!file) { perror(body_path); exit(1); }
  size_t size = fread(body, 1, sizeof body, file);
  fclose(file);
  time_t now = time(NULL);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
  answer_size = sprintf(answer,
      "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", date, size);
  memcpy(answer + answer_size, body, size);
  answer_size += size;
}

// epoll PORT THREADS BODY-FILE
int main(int count, char **arguments) {
  if (count != 4) { fprintf(stderr, "usage: epoll PORT THREADS BODY-FILE\n"); return 2; }
  port = atoi(arguments[1]);
  prepare_answer(arguments[3]);
  pthread_t thread;
  for (int i = 1; i < atoi(arguments[2]); i++) pthread_create(&thread, NULL, serve, NULL);
  serve(NULL);
}
