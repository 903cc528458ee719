#define _GNU_SOURCE
#include "CPlatformProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

int32_t qareeb_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                     int32_t standard_input, int32_t standard_output, int32_t new_session, int32_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }

  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (new_session) flags |= POSIX_SPAWN_SETSID;

  if (standard_input < 0)
    error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  else
    error = posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, standard_output, 1);
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, standard_output, 2);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (!error) error = posix_spawn_file_actions_addchdir_np(&actions, directory);
  if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
  if (!error) error = posix_spawnattr_setflags(&attributes, flags);

  pid_t child = 0;
  if (!error) error = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (!error) *pid = (int32_t)child;
  return error;
}

int32_t qareeb_process_descriptor(int32_t pid) {
  int descriptor = pidfd_open(pid, 0); // close-on-exec by definition
  return descriptor < 0 ? -errno : descriptor;
}

int32_t qareeb_collect_child(int32_t pid, int32_t *exit_code) {
  int status = 0;
  pid_t ended = waitpid(pid, &status, WNOHANG);
  if (ended < 0) return -errno;
  if (ended == 0) return 0;
  *exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return 1;
}

int32_t qareeb_anonymous_file(void) {
  int descriptor = memfd_create("qareeb", MFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int32_t qareeb_event_descriptor(void) {
  int descriptor = eventfd(0, EFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

void qareeb_raise_event(int32_t descriptor) {
  // Fails only when the counter is full, and then it has been raised.
  (void)eventfd_write(descriptor, 1);
}
