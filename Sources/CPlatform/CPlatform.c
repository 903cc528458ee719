#define _GNU_SOURCE
#include "CPlatform.h"

#include <pthread.h>
#include <unistd.h>

static __thread void *current_loop;
static __thread uint32_t thread_slot;
static _Atomic uint32_t next_thread_slot = 1;

// Not inlined: the compiler must not carry a thread-local's address across a Swift suspension point.
__attribute__((noinline)) int32_t qareeb_thread_id(void) { return (int32_t)gettid(); }
__attribute__((noinline)) void *qareeb_current_loop(void) { return current_loop; }
__attribute__((noinline)) void qareeb_set_current_loop(void *loop) { current_loop = loop; }
void qareeb_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

__attribute__((noinline)) uint32_t qareeb_thread_slot(void) {
  // Zero means not yet given out; after four billion threads a slot is merely shared.
  if (__builtin_expect(thread_slot == 0, 0)) thread_slot = next_thread_slot++;
  return thread_slot;
}

// Thread sanitizer's own; there only in builds with it.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

void qareeb_sanitizer_did_lock(void *lock) {
  if (__tsan_acquire) __tsan_acquire(lock);
}

void qareeb_sanitizer_will_unlock(void *lock) {
  if (__tsan_release) __tsan_release(lock);
}
