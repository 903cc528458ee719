// What Linux offers and Swift's own modules hide or get wrong; each function says why it exists.
#ifndef QAREEB_CPLATFORM_H
#define QAREEB_CPLATFORM_H

#include <stddef.h>
#include <stdint.h>

#include "CPlatformProcesses.h"

// gettid: glibc declares pthread_self() const, so the compiler may reuse its value across an `await`.
int32_t qareeb_thread_id(void);

// pthread_setname_np is a GNU extension, which Swift's Glibc module leaves out. At most 15 bytes.
void qareeb_name_thread(const char *name);

// One pointer a thread, without the cost of a Swift thread-local look-up: the event loop that runs on this thread.
void *qareeb_current_loop(void);
void qareeb_set_current_loop(void *loop);

// A small number for the calling thread, handed out on first use: picks the copy of a sharded counter without a system call.
uint32_t qareeb_thread_slot(void);

// Tells thread sanitizer of a lock that it cannot see: Swift's Mutex takes its lock inside a library that is not instrumented.
// They do nothing in ordinary builds. Call behind locking and before unlocking.
void qareeb_sanitizer_did_lock(void *lock);
void qareeb_sanitizer_will_unlock(void *lock);

#endif
