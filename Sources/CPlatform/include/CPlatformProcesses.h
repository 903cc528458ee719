// Starting and watching other processes, where Linux has what Swift's Glibc module hides behind _GNU_SOURCE.
#ifndef QAREEB_CPLATFORM_PROCESSES_H
#define QAREEB_CPLATFORM_PROCESSES_H

#include <stdint.h>

// posix_spawn with the GNU parts that a server needs: its own session (a terminal's Ctrl-C must not reach it), a working folder, a
// clean signal state, and no inherited descriptor but 0, 1 and 2 (a lock or a listening socket must not outlive us in a child).
// A negative `standard_input` means /dev/null. Returns 0 and the child's id, or an errno.
int32_t qareeb_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                     int32_t standard_input, int32_t standard_output, int32_t new_session, int32_t *pid);

// A descriptor that becomes readable when the process ends, whoever its parent is; or a negative errno. One wait for children and
// strangers, without polling and without mistaking a reused id for the old process.
int32_t qareeb_process_descriptor(int32_t pid);

// Collects a child that has ended: 1 and its exit code (128 + signal when killed), 0 when it still runs, a negative errno else.
// (The W… macros cannot be called from Swift.)
int32_t qareeb_collect_child(int32_t pid, int32_t *exit_code);

// A file without a name, in memory: what a child prints, however much, without a pipe that could fill up. Or a negative errno.
int32_t qareeb_anonymous_file(void);

// A descriptor that another thread can make readable, to wake one that waits in poll(). Or a negative errno.
// (<sys/eventfd.h> is not in Swift's Glibc module.)
int32_t qareeb_event_descriptor(void);
void qareeb_raise_event(int32_t descriptor);

#endif
